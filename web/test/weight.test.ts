// @vitest-environment node
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const BUILT = join(import.meta.dirname, "../dist");
const BUDGET_KB = 120;

interface Chunk {
  file: string;
  imports?: string[];
  isEntry?: boolean;
}

/** The entry and what it imports before anything is shown. */
function firstScreen(): string[] {
  const chunks = JSON.parse(readFileSync(join(BUILT, ".vite/manifest.json"), "utf8")) as Record<string, Chunk>;
  const found = new Set<string>();
  const take = (name: string) => {
    const chunk = chunks[name];
    if (!chunk || found.has(chunk.file)) return;
    found.add(chunk.file);
    chunk.imports?.forEach(take);
  };
  for (const [name, chunk] of Object.entries(chunks)) if (chunk.isEntry) take(name);
  return [...found];
}

test.skipIf(!existsSync(BUILT))("the first screen needs no more JavaScript than its budget, and no pdf.js", () => {
  const files = firstScreen();
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(BUILT, file))).length, 0);
  console.log(`first screen: ${(bytes / 1024).toFixed(1)} KB of compressed JavaScript in ${files.length} files`);
  expect(bytes / 1024).toBeLessThanOrEqual(BUDGET_KB);
  expect(files.filter((file) => file.includes("pdf"))).toEqual([]);
});
