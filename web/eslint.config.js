import { createNodeResolver, importX } from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** The parts of src/ from the ground up. Each imports what stands before it, never what comes after. */
const FLOORS = [
  ["api"],
  ["carrier.ts", "passwordRules.ts", "router.ts", "unsaved.ts"],
  ["i18n"],
  ["session.tsx"],
  ["components"],
  ["interview", "notices", "signing"],
  ["screens"],
  ["App.tsx", "main.tsx"],
];
/** Parts of one floor that do not import each other. */
const APART = ["interview", "notices", "signing"];

const zone = (target, from, message) => ({
  target: `./src/${target}`,
  from: from.map((part) => `./src/${part}`),
  message,
});

const zones = [
  ...FLOORS.slice(0, -1).flatMap((parts, floor) =>
    parts.map((part) =>
      zone(part, FLOORS.slice(floor + 1).flat(), "It stands on a higher floor: see eslint.config.js."),
    ),
  ),
  ...APART.map((part) =>
    zone(
      part,
      APART.filter((other) => other !== part),
      "What two features share is a component.",
    ),
  ),
];

export default defineConfig(globalIgnores(["dist", "src/api/schema.ts"]), tseslint.configs.recommended, {
  files: ["**/*.{ts,tsx}"],
  plugins: { "import-x": importX, "react-hooks": reactHooks },
  languageOptions: { parserOptions: { projectService: true } },
  linterOptions: { noInlineConfig: true },
  settings: {
    "import-x/extensions": [".ts", ".tsx"],
    "import-x/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
    "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".tsx"] })],
  },
  rules: {
    "@typescript-eslint/no-floating-promises": "error",
    "@typescript-eslint/no-misused-promises": "error",
    ...reactHooks.configs.recommended.rules,
    "react-hooks/exhaustive-deps": "error",
    "import-x/no-cycle": "error",
    "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
  },
});
