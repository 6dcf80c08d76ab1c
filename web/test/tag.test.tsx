import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { SignatureChoices, SigningField } from "../src/api/types";
import { Tag } from "../src/signing/Tag";

const line = (changes: Partial<SigningField>): SigningField => ({
  field_id: "line",
  kind: "initials",
  page: 1,
  x: 0,
  y: 0,
  width: 10,
  height: 10,
  required: true,
  label: "Initials",
  signed_at: "2026-11-24T15:00:00Z",
  signed_on: "2026-11-24",
  mark: null,
  ...changes,
});
const choices: SignatureChoices = {
  full_name: "Dana Lee Rivera",
  initials: "DLR",
  styles: [{ id: "first", name: "First" }],
  statement: "",
  image_limits: { bytes: 1, pixels: 1, types: [] },
  adopted: {
    signature_id: "s1",
    method: "typed",
    style: "second",
    full_name: "Dana Lee Rivera",
    initials: "DR",
    image_sha256: null,
    adopted_at: "2026-11-24T14:00:00Z",
    preview: "",
  },
};
const shown = (field: SigningField) =>
  render(
    <Tag
      field={field}
      size={{ width: 1, height: 1 }}
      choices={choices}
      picture={undefined}
      busy={false}
      onSign={undefined}
    />,
  );
afterEach(cleanup);

test("a signed line shows the initials that will be sealed, not the ones that were proposed", () => {
  shown(line({ mark: { text: "DR", style: "third", picture: false } }));
  expect(screen.getByText("DR").className).toContain("style-third");
  expect(screen.queryByText("DLR")).toBeNull();
});

test("a line that was signed a moment ago shows the adopted initials", () => {
  shown(line({}));
  expect(screen.getByText("DR").className).toContain("style-second");
});

test("a line signed under an earlier adoption keeps that adoption's name", () => {
  shown(line({ kind: "signature", mark: { text: "Dana L. Rivera", style: "first", picture: false } }));
  expect(screen.getByText("Dana L. Rivera")).toBeTruthy();
});

test("a date shows the signer's day, wherever the browser is", () => {
  shown(line({ kind: "date", signed_at: "2026-11-28T01:54:00Z", signed_on: "2026-11-27" }));
  expect(screen.getByText("November 27, 2026")).toBeTruthy();
});
