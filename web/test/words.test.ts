import { expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { es } from "../src/i18n/es";
import { passwordRules } from "../src/passwordRules";

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

test("both languages say everything, with the same places to fill in", () => {
  for (const [key, text] of Object.entries(en))
    expect([key, places(es[key as keyof typeof en])]).toEqual([key, places(text)]);
  expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
});

test("the rules of a password are ticked off one by one", () => {
  const met = (typed: string, profile = { minimum_length: 6, composition: true }) =>
    passwordRules(typed, profile)
      .filter((one) => one.met)
      .map((one) => one.rule);
  expect(met("")).toEqual([]);
  expect(met("abc")).toEqual(["lower"]);
  expect(met("Abc123")).toEqual(["length", "digit", "lower", "upper"]);
});

test("a stricter deployment asks for length instead of composition", () => {
  const rules = passwordRules("Grüße-aus-Nashville", { minimum_length: 15, composition: false });
  expect(rules).toEqual([{ rule: "length", met: true }]);
});

test("length counts characters, not code units", () => {
  expect(passwordRules("😀😀😀", { minimum_length: 6, composition: false })[0]?.met).toBe(false);
});
