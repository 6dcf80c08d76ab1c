/** What a section makes of events that come late, twice, or in another order than they were asked for. */
import { expect, test } from "vitest";
import type { Answers, Section } from "../src/api/types";
import {
  bodyOf,
  isBlocked,
  isUnsaved,
  reduce,
  type SectionEvent,
  type SectionState,
  UNREAD,
} from "../src/interview/sectionState";

const section: Section = {
  section: "agent",
  version: 1,
  complete: false,
  title: "About you",
  introduction: "",
  answers: { city: "Nashville", line1: "1 Main Street", ssn: "***-**-4320" },
  rules: [],
  warnings: [],
  fields: [
    { name: "city", label: "City", type: "city", required: true },
    { name: "line1", label: "Street", type: "line", required: true },
    { name: "ssn", label: "SSN", type: "ssn", required: true, sensitive: true },
  ],
  questions: [
    {
      code: "q1",
      topic: "Crimes",
      text: "Were you ever convicted?",
      follow_ups: [],
      needs_upload_to_appoint: false,
      asks_for: null,
    },
  ],
} as unknown as Section;

const at = new Date(0);
const answer = (version: number) => ({ version, complete: false, warnings: [] });
const type = (path: string, value: unknown): SectionEvent => ({ type: "changed", path, value }) as SectionEvent;
const play = (state: SectionState, ...events: SectionEvent[]) => events.reduce(reduce, state);
const opened = () => play(UNREAD, { type: "read", section, typed: undefined });
const elsewhere = (version: number, answers: Answers): SectionEvent => ({
  type: "savedElsewhere",
  section: { ...section, version, answers: { ...section.answers, ...answers } as Section["answers"] },
});
const draftSaved = (upTo: number, body: Answers, version = 2): SectionEvent => ({
  type: "draftSaved",
  upTo,
  body,
  saved: answer(version),
  at,
});

test("a draft that is answered late leaves what was typed meanwhile unsaved", () => {
  const state = play(
    opened(),
    type("city", "Knox"),
    { type: "draftSent" },
    type("city", "Knoxville"),
    draftSaved(1, { city: "Knox" }),
  );
  expect(state.answers.city).toBe("Knoxville");
  expect(isUnsaved(state)).toBe(true);
  expect(state.saveState).toEqual({ kind: "waiting" });
  expect(state.version).toBe(2);
  const after = play(state, draftSaved(2, { city: "Knoxville" }, 3));
  expect(isUnsaved(after)).toBe(false);
  expect(after.saveState).toEqual({ kind: "saved", at });
});

test("a sensitive answer that is typed on while a draft carries it stays typed anew", () => {
  const typed = play(opened(), type("ssn", "987-65-4320"));
  const late = play(typed, type("ssn", "987-65-4321"), draftSaved(1, { ssn: "987-65-4320" }));
  expect(bodyOf(late, false).ssn).toBe("987-65-4321");
  const still = play(typed, draftSaved(1, { ssn: "987-65-4320" }));
  expect(bodyOf(still, false)).not.toHaveProperty("ssn");
});

test("a half-typed sensitive answer that a draft left out goes along with the next save", () => {
  const state = play(opened(), type("ssn", "987-65"), draftSaved(1, { city: "Nashville" }));
  expect(bodyOf(state, true)).not.toHaveProperty("ssn");
  expect(bodyOf(state, false).ssn).toBe("987-65");
});

test("what another device saved comes in under what is being typed", () => {
  const state = play(opened(), type("city", "Knoxville"), elsewhere(5, { line1: "2 Oak Street" }));
  expect(state.answers).toMatchObject({ city: "Knoxville", line1: "2 Oak Street" });
  expect(state.version).toBe(5);
  expect(state.takenOver).toBe(true);
  expect(isBlocked(state)).toBe(false);
  expect(isUnsaved(state)).toBe(true);
});

test("a conflict survives typing on, and the choice goes out as a change", () => {
  const state = play(
    opened(),
    type("city", "Knoxville"),
    elsewhere(5, { city: "Memphis" }),
    type("line1", "3 Elm Street"),
  );
  expect(isBlocked(state)).toBe(true);
  expect(state.differences).toMatchObject([{ path: "city", mine: "Knoxville", theirs: "Memphis" }]);
  const typed = state.changes;
  const chosen = play(state, { type: "chosen", answers: { city: "Memphis" } });
  expect(isBlocked(chosen)).toBe(false);
  expect(chosen.takenOver).toBe(false);
  expect(chosen.changes).toBe(typed + 1);
  expect(chosen.answers).toMatchObject({ city: "Memphis", line1: "3 Elm Street" });
});

test("what this page saved itself is no conflict when another device saves after it", () => {
  for (const own of [
    draftSaved(1, { city: "Knoxville" }),
    { type: "submitted", upTo: 1, body: { city: "Knoxville" }, saved: answer(2) } as SectionEvent,
  ]) {
    const state = play(
      opened(),
      type("city", "Knoxville"),
      own,
      type("city", "Knoxville Hills"),
      elsewhere(3, { city: "Knoxville", line1: "2 Oak Street" }),
    );
    expect(state.differences).toEqual([]);
    expect(state.answers).toMatchObject({ city: "Knoxville Hills", line1: "2 Oak Street" });
  }
});

test("a file attached after the section was saved is one more change to save", () => {
  const state = play(
    opened(),
    type("q1.answer", true),
    { type: "submitting" },
    { type: "submitted", upTo: 1, body: { q1: { answer: true } }, saved: answer(2) },
    { type: "submitEnded" },
    type("q1.attachments", ["second"]),
  );
  expect(state.submitting).toBe(false);
  expect(isUnsaved(state)).toBe(true);
  expect(bodyOf(state, true).q1).toEqual({ answer: true, attachments: ["second"] });
});

test("a file attached while a draft is on its way goes along with the next one", () => {
  const state = play(
    opened(),
    type("q1.answer", true),
    { type: "draftSent" },
    type("q1.attachments", ["second"]),
    draftSaved(1, { q1: { answer: true } }),
  );
  expect(isUnsaved(state)).toBe(true);
  expect(bodyOf(state, true).q1).toEqual({ answer: true, attachments: ["second"] });
});

test("what a draft refuses is told only at fields that were left, and goes with the next key", () => {
  const errors = [
    { field: "city", rule: "city", message: "No city" },
    { field: "line1", rule: "line", message: "No street" },
  ];
  const state = play(opened(), { type: "fieldLeft", path: "city" }, type("city", "?"), {
    type: "draftRefused",
    errors,
  });
  expect(state.errors).toEqual([errors[0]]);
  expect(play(state, { type: "draftRefused", errors }).errors).toEqual([errors[0]]);
  expect(play(state, type("city", "K")).errors).toEqual([]);
});

test("an error of a whole question goes when any part of it is answered", () => {
  const errors = [{ field: "q1", rule: "required", message: "Answer it" }];
  const state = play(opened(), { type: "submitRefused", errors });
  expect(state.attempt).toBe(1);
  expect(play(state, type("city", "Memphis")).errors).toEqual(errors);
  expect(play(state, type("q1.answer", false)).errors).toEqual([]);
});

test("what an ended session left unsaved is put over what the API has by now", () => {
  const typed = {
    packet: "one",
    section: "agent",
    base: section.answers,
    answers: { ...section.answers, city: "Knoxville" },
    retyped: new Set(["ssn"]),
  };
  const found = { ...section, version: 4, answers: { ...section.answers, line1: "2 Oak Street" } };
  const state = play(UNREAD, { type: "read", section: found, typed });
  expect(state.answers).toMatchObject({ city: "Knoxville", line1: "2 Oak Street" });
  expect(state.retyped).toEqual(new Set(["ssn"]));
  expect(isUnsaved(state)).toBe(true);
  const contrary = { ...section, version: 4, answers: { ...section.answers, city: "Memphis" } };
  expect(isBlocked(play(UNREAD, { type: "read", section: contrary, typed }))).toBe(true);
});

test("no event changes the state it came upon", () => {
  const state = opened();
  const before = structuredClone(state);
  play(state, type("city", "Knoxville"), { type: "fieldLeft", path: "city" }, draftSaved(1, { city: "Knoxville" }));
  expect(state).toEqual(before);
});
