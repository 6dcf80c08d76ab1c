import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PrintRow } from "../src/api/types";
import Print from "../src/screens/Print";

const row = (document_id: string, instructions: string | null): PrintRow => ({
  document_id,
  title: document_id,
  mode: "print-only",
  pages: 1,
  sha256: "",
  sealed_at: null,
  seal_level: null,
  stamp: null,
  instructions,
  view: "",
});
const rows = [row("eft-form", "Print it, complete it and attach a voided check."), row("application", null)];

beforeEach(() => {
  vi.stubGlobal("scrollTo", vi.fn());
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(JSON.stringify(rows), { headers: { "Content-Type": "application/json" } })),
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("a form for paper shows what to do with it, in its row", async () => {
  render(<Print />);
  const told = await screen.findByText("Print it, complete it and attach a voided check.");
  expect(told.closest("li")?.textContent).toContain("eft-form");
  expect(document.querySelectorAll(".instructions")).toHaveLength(1);
});
