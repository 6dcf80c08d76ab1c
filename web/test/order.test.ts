import { expect, test } from "vitest";
import type { SigningDocument, SigningField } from "../src/api/types";
import { nextLine, open, signed } from "../src/signing/order";

const field = (field_id: string, kind: SigningField["kind"], at: string | null = null): SigningField => ({
  field_id, kind, page: 1, x: 0, y: 0, width: 1, height: 1, required: kind !== "date", label: field_id, signed_at: at, signed_on: null, mark: null,
}); // prettier-ignore
const paper = (document_id: string, fields: SigningField[]): SigningDocument => ({
  document_id, title: document_id, mode: "sign", act: "packet", statement: null, pages: 1, complete: false, fields, sha256: "", opened_at: null,
}); // prettier-ignore

const now = { signed_at: "2026-11-28T01:54:00Z", signed_on: "2026-11-27" };
const documents = [
  paper("one", [field("a", "signature"), field("d", "date")]),
  paper("two", []),
  paper("three", [field("b", "initials"), field("c", "signature")]),
];

test("dates are nobody's line", () => {
  expect(open(documents).map((line) => line.field.field_id)).toEqual(["a", "b", "c"]);
});

test("the next line is looked for in this document first, then further on", () => {
  expect(nextLine(documents, "three")?.field.field_id).toBe("b");
  expect(nextLine(documents, "two")?.field.field_id).toBe("b");
});

test("past the last document it goes round to the first", () => {
  const later = signed(signed(documents, "three", "b", now), "three", "c", now);
  expect(nextLine(later, "three")?.field.field_id).toBe("a");
});

test("a document's date is filled in with its last signature", () => {
  const [one] = signed(documents, "one", "a", now);
  expect(one?.complete).toBe(true);
  expect(one?.fields[1]).toMatchObject(now);
});

test("nothing is next when everything is done", () => {
  const done = documents.flatMap((one) => one.fields.map((f) => [one.document_id, f.field_id] as const));
  const all = done.reduce((known, [document, id]) => signed(known, document, id, now), documents);
  expect(nextLine(all, "one")).toBeUndefined();
});
