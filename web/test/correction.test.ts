import { expect, test } from "vitest";
import type { Correction, Packet, Section } from "../src/api/types";
import { mayChange, opensInside, pathsAsked, sectionsAsked } from "../src/interview/correction";
import { labelOf } from "../src/interview/model";
import { lapsed, nextPlace } from "../src/session";

const section = {
  fields: [
    { name: "middle_name", label: "Middle name", type: "name", required: false },
    { name: "no_middle_name", label: "I have no middle name", type: "box", required: false },
    { name: "ssn", label: "Social Security number", type: "ssn", required: true, typed_twice_as: "ssn_confirm" },
    {
      name: "residential",
      label: "Residential address",
      type: "group",
      required: true,
      fields: [{ name: "county", label: "County", type: "text", required: false }],
    },
  ],
  rules: [{ kind: "exactly-one", fields: ["middle_name", "no_middle_name"], message: "" }],
  questions: [{ code: "BQ1A", topic: "Misdemeanors", text: "", asks_for: "", follow_ups: [] }],
} as unknown as Section;

const correction: Correction = {
  number: 1,
  reason: "The background-check company could not confirm it.",
  requested_at: "2026-11-24T15:00:00Z",
  fields: [
    { field: "agent.ssn", label: "Social Security number" },
    { field: "agent.residential.county", label: "County" },
  ],
  untouched: ["agent"],
};

const packet = (changes: Partial<Packet>): Packet => ({
  packet_id: "pkt_1",
  status: "IN_PROGRESS",
  carrier: { name: "", phone: "", email: "", hours: "" },
  recruiter: { name: "", phone: "", email: "" },
  correction: null,
  agreement_accepted: true,
  expires_on: "2026-12-24",
  time_zone: "America/New_York",
  sections: [
    { name: "agent", title: "About you", complete: true, version: 1 },
    { name: "addresses", title: "Addresses", complete: false, version: 0 },
  ],
  timeline: [],
  expires_at: "2999-01-01T00:00:00Z",
  reminders: { on: true, stopped_at: null },
  language: null,
  ...changes,
});

test("a correction names its sections with what is asked in each", () => {
  expect(sectionsAsked(packet({}).sections, correction)).toEqual([
    { name: "agent", title: "About you", labels: ["Social Security number", "County"] },
  ]);
  expect(pathsAsked(correction, "addresses")).toEqual([]);
});

test("only what is asked about opens, with what is the other half of it", () => {
  const asked = pathsAsked(correction, "agent");
  expect(mayChange(section, asked, "ssn")).toBe(true);
  expect(mayChange(section, asked, "ssn_confirm")).toBe(true);
  expect(mayChange(section, asked, "middle_name")).toBe(false);
  expect(mayChange(section, ["middle_name"], "no_middle_name")).toBe(true);
});

test("a group opens where something inside it is asked about", () => {
  const asked = pathsAsked(correction, "agent");
  expect(opensInside(section, asked, "residential")).toBe(true);
  expect(mayChange(section, asked, "residential")).toBe(false);
  expect(opensInside(section, asked, "middle_name")).toBe(false);
});

test("an answer is called what its form calls it", () => {
  expect(labelOf(section, "ssn")).toBe("Social Security number");
  expect(labelOf(section, "residential.county")).toBe("Residential address: County");
  expect(labelOf(section, "BQ1A")).toBe("Misdemeanors");
});

test("the way goes on with the first thing that is not done", () => {
  expect(nextPlace(packet({}))).toBe("/interview/addresses");
  expect(nextPlace(packet({ agreement_accepted: false }))).toBe("/agreement");
  expect(nextPlace(packet({ status: "CORRECTION_REQUESTED", correction }))).toBe("/correction");
  expect(nextPlace(packet({ status: "AWAITING_SIGNATURE" }))).toBe("/consent");
  expect(nextPlace(packet({ status: "BACKGROUND_CHECK" }))).toBe("/status");
});

test("a packet lapses by the clock, but never once it is submitted", () => {
  const past = "2020-01-01T00:00:00Z";
  expect(lapsed(packet({ expires_at: past }))).toBe(true);
  expect(lapsed(packet({}))).toBe(false);
  expect(lapsed(packet({ expires_at: past, status: "AWAITING_SIGNATURE", correction }))).toBe(false);
});
