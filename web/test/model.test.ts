import { describe, expect, test } from "vitest";
import type { Section } from "../src/api/types";
import { dial, phoneShown } from "../src/components/phone";
import { dateTyped, hyphenated, merged, sent } from "../src/interview/model";
import { MAIL_OPTIONS, STATE_OPTIONS } from "../src/interview/states";

const section: Section = {
  version: 3,
  complete: false,
  title: "About you",
  introduction: "",
  answers: {},
  rules: [],
  warnings: [],
  fields: [
    { name: "first_name", label: "First name", type: "name", required: true },
    {
      name: "ssn",
      label: "Social Security number",
      type: "ssn",
      required: true,
      sensitive: true,
      typed_twice_as: "ssn_confirm",
    },
    { name: "requested_states", label: "States", type: "requested-states", required: false },
    {
      name: "business",
      label: "Business address",
      type: "group",
      required: true,
      follows: { switch: "same", source: "agent.residential", label: "Same as home" },
      fields: [
        { name: "line1", label: "Street", type: "address-line", required: true },
        { name: "city", label: "City", type: "city", required: true },
      ],
    },
  ],
  questions: [
    { code: "BQ1A", topic: "Misdemeanors", text: "…?", asks_for: "", follow_ups: [], needs_upload_to_appoint: false },
  ],
};
const nothing = new Set<string>();

describe("what a save carries", () => {
  test("a mask is never sent back: what is on file stays", () => {
    expect(sent(section, { ssn: "***-**-4320" }, nothing, false)).toEqual({ business: {} });
  });

  test("a half-typed sensitive answer stays in the page while it is a draft", () => {
    const half = { ssn: "987-65", ssn_confirm: "" };
    expect(sent(section, half, new Set(["ssn"]), true)).not.toHaveProperty("ssn");
    expect(sent(section, half, new Set(["ssn"]), false)).toHaveProperty("ssn", "987-65");
  });

  test("a sensitive answer goes along once it is whole and typed twice alike", () => {
    const whole = { ssn: "987-65-4320", ssn_confirm: "987654320" };
    expect(sent(section, whole, new Set(["ssn"]), true)).toMatchObject(whole);
  });

  test("a group that follows another one sends its switch alone", () => {
    const answers = { business: { same: true, line1: "1 Elm Street", city: "Nashville" } };
    expect(sent(section, answers, nothing, true)).toEqual({ business: { same: true } });
  });

  test("the recruiter's list is never sent", () => {
    expect(sent(section, { requested_states: ["KS"] }, nothing, true)).not.toHaveProperty("requested_states");
  });

  test("a no takes nothing of an earlier yes along", () => {
    const answers = { BQ1A: { answer: false, explanation: "typed before" } };
    expect(sent(section, answers, new Set(["BQ1A"]), false)).toMatchObject({ BQ1A: { answer: false } });
  });
});

describe("two devices", () => {
  const base = { first_name: "Dana", business: { line1: "1 Elm Street", city: "Nashville" } };

  test("what only the other one changed is taken over", () => {
    const theirs = { ...base, first_name: "Dina" };
    const found = merged(section, base, base, theirs);
    expect(found.differences).toEqual([]);
    expect(found.answers.first_name).toBe("Dina");
  });

  test("what only I changed is kept", () => {
    const mine = { ...base, business: { line1: "2 Oak Street", city: "Nashville" } };
    const found = merged(section, base, mine, base);
    expect(found.differences).toEqual([]);
    expect(found.answers.business).toEqual({ line1: "2 Oak Street", city: "Nashville" });
  });

  test("what both changed differently is shown with both values", () => {
    const found = merged(section, base, { ...base, first_name: "Diana" }, { ...base, first_name: "Dina" });
    expect(found.differences).toEqual([{ path: "first_name", label: "First name", mine: "Diana", theirs: "Dina" }]);
  });

  test("the same change made twice is no difference", () => {
    const changed = { ...base, first_name: "Dina" };
    expect(merged(section, base, changed, changed).differences).toEqual([]);
  });
});

describe("typing", () => {
  const typed = (text: string, groups: number[]) =>
    [...text].reduce((before, one) => hyphenated(before + one, before, groups), "");

  test("hyphens come by themselves", () => {
    expect(typed("987654320", [3, 2, 4])).toBe("987-65-4320");
    expect(typed("04121985", [2, 2, 4])).toBe("04-12-1985");
  });

  test("typing the hyphens oneself comes to the same", () => {
    expect(typed("04-12-1985", [2, 2, 4])).toBe("04-12-1985");
  });

  test("blanks and slashes are typed for hyphens", () => {
    expect(typed("987 65 4320", [3, 2, 4])).toBe("987-65-4320");
  });

  test.each([
    ["02291980", "02-29-1980"],
    ["02-29-1980", "02-29-1980"],
    ["02/29/1980", "02-29-1980"],
    ["2/9/1980", "02-09-1980"],
    ["2-9-1980", "02-09-1980"],
    ["12 1 1980", "12-01-1980"],
    ["1980-02-29", "1980-02-29"],
    ["19800229", "1980-02-29"],
    ["1980/2/9", "1980-02-9"],
    ["1980-2-09", "1980-02-09"],
    ["2001-12-01", "2001-12-01"],
    ["29021980", "29-02-1980"],
  ])("a date typed as %s stands as %s", (keys, shown) => {
    expect([...keys].reduce((before, one) => dateTyped(before + one, before), "")).toBe(shown);
  });

  test("a date may be pasted whole, and deleting is left alone", () => {
    expect(dateTyped("1980-02-29", "")).toBe("1980-02-29");
    expect(dateTyped("19800229", "")).toBe("1980-02-29");
    expect(dateTyped("02-29", "02-29-")).toBe("02-29");
    expect(dateTyped("1980", "1980-")).toBe("1980");
  });

  test("deleting is left alone", () => {
    expect(hyphenated("987-65", "987-65-", [3, 2, 4])).toBe("987-65");
  });

  test("a stored number is shown as people write it", () => {
    expect(phoneShown("+16155550123")).toBe("(615) 555-0123");
    expect(phoneShown("615 555")).toBe("615 555");
  });

  test("an extension is shown with its number and dialed with it", () => {
    expect(phoneShown("+16155550123;ext=12")).toBe("(615) 555-0123, extension 12");
    expect(dial("+16155550123;ext=12")).toBe("tel:+16155550123;ext=12");
    expect(dial(phoneShown("+16155550123;ext=12"))).toBe("tel:+16155550123;ext=12");
    expect(dial("(615) 555-0123")).toBe("tel:+16155550123");
  });

  test("what is pasted with hidden characters or hyphens of its own goes to the server as it is", () => {
    const pasted = "\u202a987\u2011654320\u202c";
    expect(hyphenated(pasted, "", [3, 2, 4])).toBe(pasted);
    expect(hyphenated("1980-02-29", "", [2, 2, 4])).toBe("1980-02-29");
    expect(hyphenated("987654320", "", [3, 2, 4])).toBe("987-65-4320");
  });

  test("a number with hidden characters or full-width digits is whole", () => {
    for (const ssn of ["\u202a987\u201165\u20114320\u202c", "\uff19\uff18\uff17654320"]) {
      const whole = { ssn, ssn_confirm: "987-65-4320" };
      expect(sent(section, whole, new Set(["ssn"]), true)).toMatchObject(whole);
    }
  });

  test("only a mailing address offers the codes to which nothing but mail goes", () => {
    const codes = (options: { value: string }[]) => options.map((one) => one.value);
    expect(codes(STATE_OPTIONS)).toHaveLength(56);
    expect(codes(MAIL_OPTIONS)).toHaveLength(62);
    expect(codes(MAIL_OPTIONS)).toEqual(expect.arrayContaining(["AA", "AE", "AP", "FM", "MH", "PW"]));
  });
});
