import { expect, test } from "vitest";
import type { Notices } from "../src/api/types";
import { disputeOf, withoutTitle } from "../src/notices/standing";

const AT = "2026-11-24T15:00:00Z";
const notices = (changes: Partial<Notices>): Notices => ({
  items: [],
  dispute_possible: false,
  disputed_at: null,
  ...changes,
});

test("a report is disputed where the API says that it can be", () => {
  expect(disputeOf(notices({ dispute_possible: true }), "ADVERSE_REVIEW")).toBe("possible");
});

test("an answered dispute can be followed by another", () => {
  expect(disputeOf(notices({ dispute_possible: true, disputed_at: AT }), "ADVERSE_REVIEW")).toBe("again");
});

test("a dispute is open while the report is still weighed", () => {
  expect(disputeOf(notices({ disputed_at: AT }), "ADVERSE_REVIEW")).toBe("open");
});

test("a decision ends every dispute, and a packet that went on has nothing to dispute", () => {
  expect(disputeOf(notices({ disputed_at: AT }), "REJECTED")).toBe("decided");
  expect(disputeOf(notices({ disputed_at: AT }), "APPOINTING")).toBe("idle");
});

test("a notice is read under its title, which is not said twice", () => {
  expect(withoutTitle("Notice\n\nDear Dana,\n\nplease read.\n", "Notice")).toBe("Dear Dana,\n\nplease read.");
  expect(withoutTitle("Notices differ.\n", "Notice")).toBe("Notices differ.");
});
