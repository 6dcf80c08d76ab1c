/** pdf.js, loaded with the first document that is opened. */
import * as pdfjs from "pdfjs-dist";
import workerUrl from "./pdf.worker?worker&url";

pdfjs.GlobalWorkerOptions.workerSrc = workerUrl;

export type Pdf = pdfjs.PDFDocumentProxy;
export type PdfPage = pdfjs.PDFPageProxy;

/** Read a PDF. The documents bring their own fonts and need no scripts, so neither eval nor other files are used. */
export function open(data: ArrayBuffer): { document: Promise<Pdf>; close: () => void } {
  const task = pdfjs.getDocument({ data, isEvalSupported: false, useWasm: false, enableXfa: false });
  return { document: task.promise, close: () => void task.destroy() };
}

export const TextLayer = pdfjs.TextLayer;
