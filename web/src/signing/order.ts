/** Which line comes next: required ones in document order, round to the first when the end is reached. */
import type { SigningDocument, SigningField } from "../api/types";

export interface Line {
  document: SigningDocument;
  field: SigningField;
}

/** When a line was signed, and on which day of the signer's: the day that the paper shows. */
export type SignedAt = Pick<SigningField, "signed_at" | "signed_on">;

/** Everything a person has to act on; dates fill themselves in. */
export const required = (documents: readonly SigningDocument[]): Line[] =>
  documents.flatMap((document) =>
    document.fields.filter((field) => field.required && field.kind !== "date").map((field) => ({ document, field })),
  );

export const open = (documents: readonly SigningDocument[]): Line[] =>
  required(documents).filter(({ field }) => !field.signed_at);

/** The next open line after a place, in this document first, then in the following ones. */
export function nextLine(documents: readonly SigningDocument[], documentId: string): Line | undefined {
  const lines = open(documents);
  const start = documents.findIndex((document) => document.document_id === documentId);
  const rank = (line: Line) => {
    const place = documents.indexOf(line.document);
    return place >= start ? place - start : place - start + documents.length;
  };
  return lines.reduce<Line | undefined>((best, line) => (best && rank(best) <= rank(line) ? best : line), undefined);
}

/** The documents with one field signed. */
export const signed = (
  documents: readonly SigningDocument[],
  documentId: string,
  fieldId: string,
  at: SignedAt,
): SigningDocument[] =>
  documents.map((document) => {
    if (document.document_id !== documentId) return document;
    const fields = document.fields.map((field) => (field.field_id === fieldId ? { ...field, ...at } : field));
    const complete = fields.every((field) => !field.required || field.kind === "date" || field.signed_at);
    const dated = fields.map((field) => (field.kind === "date" && complete ? { ...field, ...at } : field));
    return { ...document, complete, fields: dated };
  });
