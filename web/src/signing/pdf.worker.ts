/** The worker of pdf.js, built with what web/replacementText.ts changes in it. */
import "pdfjs-dist/build/pdf.worker.mjs";
