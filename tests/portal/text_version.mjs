// Prints the text version of PDFs as the portal makes it: a list of pages for each, every page a list of blocks.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [web, scratch, ...files] = process.argv.slice(2);
const { default: ts } = await import(
  pathToFileURL(join(web, "node_modules/typescript/lib/typescript.js"))
);

/** A module of the portal, without its types. */
async function portal(path, name) {
  const { outputText } = ts.transpileModule(
    readFileSync(join(web, path), "utf8"),
    {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
      },
    },
  );
  writeFileSync(join(scratch, name), outputText);
  return import(pathToFileURL(join(scratch, name)));
}

const { structureOf } = await portal(
  "src/signing/structure.ts",
  "structure.mjs",
);
const { tellingReplacementText } = await portal(
  "replacementText.ts",
  "replacementText.mjs",
);
const built = join(web, "node_modules/pdfjs-dist/legacy/build");
const worker = join(scratch, "pdf.worker.mjs");
writeFileSync(
  worker,
  tellingReplacementText(readFileSync(join(built, "pdf.worker.mjs"), "utf8")),
);

const log = console.log;
console.log = console.warn = () => {}; // what pdf.js misses outside a browser draws pages; here none is drawn
const pdfjs = await import(pathToFileURL(join(built, "pdf.mjs")));
pdfjs.GlobalWorkerOptions.workerSrc = pathToFileURL(worker).href;
const documents = [];
for (const file of files) {
  const pdf = await pdfjs.getDocument({
    data: new Uint8Array(readFileSync(file)),
    verbosity: 0,
  }).promise;
  const pages = [];
  for (let number = 1; number <= pdf.numPages; number++)
    pages.push(await structureOf(await pdf.getPage(number)));
  documents.push(pages);
}
log(JSON.stringify(documents));
process.exit(0);
