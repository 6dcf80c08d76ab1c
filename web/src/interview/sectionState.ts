/** A section in the page as plain data, and what each event makes of it. Nothing in here waits, calls or draws. */
import type { Answer, Answers, Saved, Section } from "../api/types";
import type { FieldProblem } from "../api/client";
import type { Typed } from "../unsaved";
import { type Difference, having, merged, sent, top } from "./model";

export type SaveState = { kind: "idle" | "waiting" | "saving" | "offline" } | { kind: "saved"; at: Date };

export interface SectionState {
  /** As the API told it last. */
  section: Section | undefined;
  answers: Answers;
  /** The answers that the page and the API agreed on last: a conflict is seen from here. */
  base: Answers;
  /** The version the next save goes out with. */
  version: number;
  /** Names of sensitive answers and background questions typed again and not saved since. */
  retyped: ReadonlySet<string>;
  /** Paths of the fields the person has left. Only these are told what a draft remarks. */
  left: ReadonlySet<string>;
  /** How many changes were made since the section was read, and how many of them are saved. */
  changes: number;
  savedChanges: number;
  errors: FieldProblem[];
  warnings: FieldProblem[];
  /** Grows with each refusal, so that the same errors take the focus again. */
  attempt: number;
  saveState: SaveState;
  submitting: boolean;
  failure: string | undefined;
  /** What another device saved differently meanwhile. Nothing is saved until the person has chosen. */
  differences: Difference[];
  /** Whether answers of another device were taken over. */
  takenOver: boolean;
}

export type SectionEvent =
  | { type: "reading" }
  /** `typed` is what an ended session left unsaved. */
  | { type: "read"; section: Section; typed: Typed | undefined }
  | { type: "unreadable"; failure: string }
  | { type: "changed"; path: string; value: Answer }
  | { type: "fieldLeft"; path: string }
  | { type: "draftSent" }
  /** `upTo` is how many changes the save carried, `body` what it carried of them. */
  | { type: "draftSaved"; upTo: number; body: Answers; saved: Saved; at: Date }
  | { type: "draftRefused"; errors: FieldProblem[] }
  | { type: "draftWaits" }
  | { type: "draftUnreachable" }
  | { type: "submitting" }
  | { type: "submitted"; upTo: number; body: Answers; saved: Saved }
  | { type: "submitRefused"; errors: FieldProblem[] }
  | { type: "submitFailed"; failure: string }
  | { type: "submitEnded" }
  /** Another device saved first; `section` is what it saved. */
  | { type: "savedElsewhere"; section: Section }
  | { type: "chosen"; answers: Record<string, Answer> }
  | { type: "remarksSettled"; remarks: FieldProblem[] };

export const UNREAD: SectionState = {
  section: undefined,
  answers: {},
  base: {},
  version: 0,
  retyped: new Set(),
  left: new Set(),
  changes: 0,
  savedChanges: 0,
  errors: [],
  warnings: [],
  attempt: 0,
  saveState: { kind: "idle" },
  submitting: false,
  failure: undefined,
  differences: [],
  takenOver: false,
};

export const isUnsaved = (state: SectionState): boolean => state.changes !== state.savedChanges;

export const isBlocked = (state: SectionState): boolean => state.differences.length > 0;

/** What a save of this state carries. */
export const bodyOf = (state: SectionState, draft: boolean): Answers =>
  state.section ? sent(state.section, state.answers, state.retyped, draft) : {};

const WAITING: SaveState = { kind: "waiting" };

export function reduce(state: SectionState, event: SectionEvent): SectionState {
  switch (event.type) {
    case "reading":
      return { ...state, failure: undefined };
    case "read":
      return read(state, event.section, event.typed);
    case "unreadable":
      return { ...state, failure: event.failure };
    case "changed":
      return changed(state, event.path, event.value);
    case "fieldLeft":
      return state.left.has(event.path) ? state : { ...state, left: new Set([...state.left, event.path]) };
    case "draftSent":
      return { ...state, saveState: { kind: "saving" } };
    case "draftSaved": {
      const current = state.changes === event.upTo;
      return {
        ...agreed(state, event.upTo, event.body, event.saved),
        retyped: current ? without(state.retyped, event.body) : state.retyped,
        warnings: event.saved.warnings.filter((warning) => state.left.has(warning.field)),
        saveState: current ? { kind: "saved", at: event.at } : WAITING,
      };
    }
    case "draftRefused": {
      const others = state.errors.filter((one) => !event.errors.some((other) => other.field === one.field));
      return { ...state, errors: [...others, ...event.errors.filter((one) => state.left.has(one.field))] };
    }
    case "draftWaits":
      return { ...state, saveState: WAITING };
    case "draftUnreachable":
      return { ...state, saveState: { kind: "offline" } };
    case "submitting":
      return { ...state, submitting: true, failure: undefined };
    case "submitted":
      return {
        ...agreed(state, event.upTo, event.body, event.saved),
        errors: [],
        warnings: event.saved.warnings,
      };
    case "submitRefused":
      return { ...state, errors: event.errors, attempt: state.attempt + 1 };
    case "submitFailed":
      return { ...state, failure: event.failure };
    case "submitEnded":
      return { ...state, submitting: false };
    case "savedElsewhere": {
      const { section } = event;
      const { answers, differences } = merged(section, state.base, state.answers, section.answers);
      return { ...known(state, section), answers, differences, takenOver: true };
    }
    case "chosen": {
      const answers = Object.entries(event.answers).reduce(
        (all, [path, value]) => having(all, path, value),
        state.answers,
      );
      return { ...state, answers, changes: state.changes + 1, differences: [], takenOver: false };
    }
    case "remarksSettled":
      return { ...state, warnings: state.warnings.filter((one) => !event.remarks.includes(one)) };
  }
}

const known = (state: SectionState, section: Section): SectionState => ({
  ...state,
  section,
  base: section.answers,
  version: section.version,
});

function read(state: SectionState, section: Section, typed: Typed | undefined): SectionState {
  const fresh: SectionState = {
    ...known(state, section),
    answers: section.answers,
    retyped: new Set(),
    changes: 0,
    savedChanges: 0,
    warnings: section.warnings,
  };
  if (!typed) return fresh;
  const { answers, differences } = merged(section, typed.base, typed.answers, section.answers);
  return { ...fresh, answers, differences, retyped: typed.retyped, changes: 1, saveState: WAITING };
}

function changed(state: SectionState, path: string, value: Answer): SectionState {
  const name = top(path);
  const field = state.section?.fields.find((one) => one.name === name || one.typed_twice_as === name);
  const isQuestion = state.section?.questions?.some((one) => one.code === name) ?? false;
  const typedAgain = field?.sensitive || isQuestion;
  return {
    ...state,
    answers: having(state.answers, path, value),
    changes: state.changes + 1,
    retyped: typedAgain ? new Set([...state.retyped, field?.name ?? name]) : state.retyped,
    errors: state.errors.filter((one) => one.field !== path && !(isQuestion && one.field === name)),
    saveState: WAITING,
  };
}

/** The API has what `body` says, whatever was typed since. */
const agreed = (state: SectionState, upTo: number, body: Answers, saved: Saved): SectionState => ({
  ...state,
  base: { ...state.base, ...body },
  version: saved.version,
  savedChanges: upTo,
});

const without = (names: ReadonlySet<string>, body: Answers): ReadonlySet<string> =>
  new Set([...names].filter((name) => !(name in body)));
