import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { replacementText } from "./replacementText";

export default defineConfig({
  plugins: [react()],
  // Relative addresses, so that the portal can be served from any folder of the origin that also has /api.
  base: "./",
  build: {
    target: "es2022",
    // A data: address would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Tells the weight test which files the first screen needs.
    manifest: true,
  },
  worker: { format: "es", plugins: () => [replacementText()] },
  server: {
    fs: { allow: [".."] },
    proxy: { "/api": "http://127.0.0.1:8000" },
  },
  test: { environment: "jsdom", include: ["test/**/*.test.{ts,tsx}"] },
});
