/** A section's answers in the page: paths, what is sent, and what two devices disagree about. No React in here. */
import type { Answer, Answers, Field, Section } from "../api/types";

export const asGroup = (value: Answer): Record<string, Answer> =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};

export const asText = (value: Answer): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

export const asChoice = (value: Answer): boolean | undefined => (typeof value === "boolean" ? value : undefined);

export const at = (answers: Answers, path: string): Answer =>
  path.split(".").reduce<Answer>((value, name) => asGroup(value)[name], answers);

/** The answers with one of them replaced; nothing given is changed. */
export function having(answers: Answers, path: string, value: Answer): Answers {
  const [name = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...answers, [name]: value };
  return { ...answers, [name]: having(asGroup(answers[name]) as Answers, rest.join("."), value) };
}

export const isBlank = (value: Answer): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

/** A sensitive answer that is only shown as its mask. */
export const isMask = (value: Answer): boolean => typeof value === "string" && value.includes("*");

/** The digits of a text, those of an input method's full width among them. */
const digitsOf = (text: string): string => text.normalize("NFKC").replace(/\D/g, "");

/** Whether a sensitive answer is typed to its end, so that a draft may carry it. */
export function isWhole(field: Field, answers: Answers): boolean {
  const typed = asText(answers[field.name]);
  const digits = digitsOf(typed);
  if (field.typed_twice_as && digitsOf(asText(answers[field.typed_twice_as])) !== digits) return false;
  if (field.type === "ssn") return digits.length === 9;
  if (field.type === "birth-date") return digits.length === 8;
  return !isBlank(typed);
}

function groupSent(field: Field, value: Answer): Answer {
  const group = asGroup(value);
  if (field.follows && group[field.follows.switch] === true) return { [field.follows.switch]: true };
  const sent: Record<string, Answer> = {};
  for (const member of field.fields ?? []) if (!isBlank(group[member.name])) sent[member.name] = group[member.name];
  return sent;
}

/**
 * What a save carries. Sensitive answers only if they were typed again (`retyped`): what is left out stays as it is on
 * file. A draft carries them only when they are whole.
 */
export function sent(section: Section, answers: Answers, retyped: ReadonlySet<string>, draft: boolean): Answers {
  const body: Answers = {};
  for (const field of section.fields) {
    const value = answers[field.name];
    if (field.type === "requested-states") continue;
    if (field.type === "group") body[field.name] = groupSent(field, value);
    else if (!field.sensitive) {
      if (!isBlank(value)) body[field.name] = value;
    } else if (retyped.has(field.name) && !isBlank(value) && (!draft || isWhole(field, answers))) {
      body[field.name] = value;
      if (field.typed_twice_as) body[field.typed_twice_as] = answers[field.typed_twice_as];
    }
  }
  for (const question of section.questions ?? []) {
    const value = answers[question.code];
    if (retyped.has(question.code) && value !== undefined && !isMask(value)) body[question.code] = questionSent(value);
  }
  return body;
}

function questionSent(value: Answer): Answer {
  const given = asGroup(value);
  if (given.answer !== true) return { answer: given.answer };
  return Object.fromEntries(Object.entries(given).filter(([, one]) => !isBlank(one)));
}

/** The name of the answer as a whole that a path lies in. */
export const top = (path: string): string => path.split(".")[0] ?? path;

export interface Leaf {
  path: string;
  label: string;
}

/** Every public answer of a section on its own, in the order asked. */
export function leaves(section: Section): Leaf[] {
  return section.fields.flatMap((field): Leaf[] => {
    if (field.type === "requested-states" || field.sensitive) return [];
    if (field.type !== "group") return [{ path: field.name, label: field.label }];
    const switches = field.follows
      ? [{ path: `${field.name}.${field.follows.switch}`, label: `${field.label}: ${field.follows.label}` }]
      : [];
    const members = (field.fields ?? []).map((member) => ({
      path: `${field.name}.${member.name}`,
      label: `${field.label}: ${member.label}`,
    }));
    return [...switches, ...members];
  });
}

/** Of answers that exclude each other, what a new one empties: ticking "no middle name" clears the middle name. */
export function emptied(section: Section, path: string, value: Answer): string[] {
  if (value === "" || value === false || value === undefined) return [];
  return section.rules
    .filter((rule) => rule.kind === "exactly-one" && rule.fields.includes(path))
    .flatMap((rule) => rule.fields.filter((other) => other !== path));
}

/** What a person calls an answer of a section. */
export function labelOf(section: Section, path: string): string {
  const [name, member] = path.split(".");
  const field = section.fields.find((one) => one.name === name);
  const inside = field?.fields?.find((one) => one.name === member);
  const question = section.questions?.find((one) => one.code === name);
  return inside ? `${field?.label}: ${inside.label}` : (field?.label ?? question?.topic ?? path);
}

export interface Difference extends Leaf {
  mine: Answer;
  theirs: Answer;
}

const same = (one: Answer, other: Answer): boolean =>
  isBlank(one) || one === false ? isBlank(other) || other === false : one === other;

/**
 * Bring my answers and those someone saved meanwhile together, seen from what both began with: what only one of us
 * changed is taken, what both changed differently is left to the person.
 */
export function merged(
  section: Section,
  base: Answers,
  mine: Answers,
  theirs: Answers,
): { answers: Answers; differences: Difference[] } {
  let answers = { ...mine };
  const differences: Difference[] = [];
  for (const leaf of leaves(section)) {
    const [was, own, other] = [at(base, leaf.path), at(mine, leaf.path), at(theirs, leaf.path)];
    if (same(own, other)) continue;
    if (same(own, was)) answers = having(answers, leaf.path, other);
    else if (!same(other, was)) differences.push({ ...leaf, mine: own, theirs: other });
  }
  return { answers, differences };
}

const DATE = [2, 2, 4] as const;
const ISO_DATE = [4, 2, 2] as const;

/**
 * A date with its hyphens put in while it is typed: 02-29-1980; with its year first where no month begins so, as in
 * 1980-02-29. A month or a day of one digit that a hyphen or a slash ends gets its zero.
 */
export function dateTyped(text: string, before: string): string {
  const short = text.length === before.length + 1 && /^(\d\d-|(?:19|20)\d\d-)?(\d)[-/\s]$/.exec(text);
  if (short) return `${short[1] ?? ""}0${short[2]}-`;
  return hyphenated(text, before, /^(?:19|20)/.test(text) ? ISO_DATE : DATE);
}

/**
 * Digits with their hyphens put in while they are typed: 987-65-4320; a blank or a slash is typed for one. Deleting is
 * left alone, and so is what is pasted with hyphens of its own.
 */
export function hyphenated(typed: string, before: string, groups: readonly number[]): string {
  const text = typed.length === before.length + 1 ? typed.replace(/[/\s]$/, "-") : typed;
  if (text.length < before.length || /[^\d-]/.test(text)) return typed;
  if (text.length > before.length + 1 && text.includes("-")) return text;
  const digits = text.replace(/\D/g, "").slice(
    0,
    groups.reduce((sum, one) => sum + one, 0),
  );
  const parts: string[] = [];
  let from = 0;
  for (const length of groups) {
    if (from >= digits.length) break;
    parts.push(digits.slice(from, from + length));
    from += length;
  }
  const text_ = parts.join("-");
  const whole = parts.length < groups.length && parts.at(-1)?.length === groups[parts.length - 1];
  return whole ? `${text_}-` : text_;
}
