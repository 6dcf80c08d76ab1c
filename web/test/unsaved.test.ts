import { beforeEach, expect, test } from "vitest";
import { forgetTyped, keepTyped, saveBeforeLeaving, saveEverything, takeTyped } from "../src/unsaved";

const what = { packet: "one", section: "agent", base: {}, answers: { city: "Knoxville" }, retyped: new Set<string>() };

beforeEach(() => {
  forgetTyped();
  takeTyped("", "");
});

test("what was typed is handed out once, to the section it belongs to", () => {
  keepTyped(what);
  expect(takeTyped("one", "addresses")).toBeUndefined();
  expect(takeTyped("one", "agent")).toBe(what);
  expect(takeTyped("one", "agent")).toBeUndefined();
});

test("another person's packet makes it go", () => {
  keepTyped(what);
  expect(takeTyped("two", "agent")).toBeUndefined();
  expect(takeTyped("one", "agent")).toBeUndefined();
});

test("nothing is kept of somebody who leaves on purpose", () => {
  keepTyped(what);
  forgetTyped();
  keepTyped(what);
  expect(takeTyped("one", "agent")).toBeUndefined();
});

test("whatever is open is saved before a log-out", async () => {
  const saved: string[] = [];
  const stop = saveBeforeLeaving(async () => saved.push("agent"));
  await saveEverything();
  stop();
  await saveEverything();
  expect(saved).toEqual(["agent"]);
});
