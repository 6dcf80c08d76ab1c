/** What is confirmed is what was shown: a summary that has changed is shown again, with what changed. */
import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Packet, Summary } from "../src/api/types";
import { changes } from "../src/interview/summary";
import Correction from "../src/screens/Correction";
import SummaryScreen from "../src/screens/Summary";
import { SessionProvider, useSession } from "../src/session";
import { asked, intercept, next } from "./wire";

beforeEach(() => {
  intercept();
  vi.stubGlobal("scrollTo", vi.fn()); // jsdom lays nothing out
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  location.hash = "";
});

const summary = (version: string, more: Partial<Summary> = {}): Summary => ({
  version,
  status: "IN_PROGRESS",
  packet_type: "meridian",
  type_version: "2026-11",
  agency: { id: "agency-1", name: "Harbor Agency" },
  recruiter: { name: "Robin Park", email: "robin@agency.example", phone: "(615) 555-0100" },
  level: "4",
  level_name: "General agent",
  states: [{ state: "AL", type: "UP_FRONT" }],
  documents: [{ document_id: "application", title: "Application" }],
  lines: [
    { section: "agent", field: "ssn", label: "Social Security number", value: "***-**-4320" },
    { section: "pre-appointments", field: "requested_states", label: "States", value: "AL" },
  ],
  incomplete: [],
  ...more,
});

const texas = summary("second", {
  states: [
    { state: "AL", type: "UP_FRONT" },
    { state: "TX", type: "JUST_IN_TIME" },
  ],
});

const packet = {
  status: "IN_PROGRESS",
  agreement_accepted: true,
  expires_at: "2099-01-01T00:00:00Z",
  sections: [{ name: "agent", title: "About you", complete: true, version: 1 }],
} as unknown as Packet;

const corrected = {
  ...packet,
  status: "CORRECTION_REQUESTED",
  correction: {
    number: 1,
    reason: "It does not match.",
    requested_at: "2026-11-24T15:00:00Z",
    fields: [{ field: "agent.ssn", label: "Social Security number" }],
    untouched: [],
  },
} as unknown as Packet;

function SignedIn({ children }: { children: React.ReactNode }) {
  return useSession().packet ? children : null;
}

async function opened(page: React.ReactNode, known: Packet, shown: Summary) {
  render(
    <SessionProvider>
      <SignedIn>{page}</SignedIn>
    </SessionProvider>,
  );
  (await next("GET", /packet$/)).answer(200, known);
  (await next("GET", /summary$/)).answer(200, shown);
  return userEvent.setup();
}

const stale = (now: Summary) => ({ code: "stale-version", current_version: now.version, summary: now });
const press = async (hands: ReturnType<typeof userEvent.setup>, name: string) =>
  hands.click(await screen.findByRole("button", { name }));
const confirming = () => next("POST", /confirm$/);

test("a confirmation names the version that is on the screen", async () => {
  const hands = await opened(<SummaryScreen />, packet, summary("first"));
  await press(hands, "Everything is right, continue to sign");
  const confirmed = await confirming();
  expect(confirmed.headers["If-Match"]).toBe('"first"');
  confirmed.answer(200, { status: "AWAITING_SIGNATURE" });
  (await next("GET", /packet$/)).answer(200, { ...packet, status: "AWAITING_SIGNATURE" });
  await vi.waitFor(() => expect(location.hash).toBe("#/consent"));
});

test("the summary shows agency, level, states and the documents to come", async () => {
  await opened(<SummaryScreen />, packet, texas);
  for (const text of ["Harbor Agency", "General agent", "Application"]) await screen.findByText(text);
  await screen.findByText("Alabama (Before your first sale), Texas (After your first sale)");
});

test("what changed meanwhile is shown, and confirmed only when the person confirms again", async () => {
  const hands = await opened(<SummaryScreen />, packet, summary("first"));
  await press(hands, "Everything is right, continue to sign");
  (await confirming()).answer(412, stale(texas));
  const told = (await screen.findByText("Something has changed since you looked")).closest("div") as HTMLElement;
  expect(told.getAttribute("role")).toBe("status");
  const [changed] = within(told).getAllByRole("listitem");
  expect(changed?.textContent).toBe(
    "States you are appointed in beforehand: Alabama (Before your first sale) → " +
      "Alabama (Before your first sale), Texas (After your first sale)",
  );
  expect(asked).toEqual([]); // nothing is confirmed in the person's place
  expect(location.hash).not.toBe("#/consent");
  await press(hands, "Everything is right, continue to sign");
  expect((await confirming()).headers["If-Match"]).toBe('"second"');
});

test("a changed summary that is not complete cannot be confirmed", async () => {
  const hands = await opened(<SummaryScreen />, packet, summary("first"));
  await press(hands, "Everything is right, continue to sign");
  (await confirming()).answer(412, stale({ ...texas, incomplete: ["agent"] }));
  await screen.findByText("These sections are not complete yet");
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Everything is right, continue to sign" });
  expect(button.disabled).toBe(true);
});

test("an answer that changed behind its mask is said to have changed", async () => {
  const hands = await opened(<SummaryScreen />, packet, summary("first"));
  await press(hands, "Everything is right, continue to sign");
  (await confirming()).answer(412, stale(summary("second")));
  await screen.findByText(/An answer that is not shown in full was saved again/);
});

test("a correction shows all that its documents show, and sends in what was shown", async () => {
  const hands = await opened(<Correction />, corrected, summary("first", { status: "CORRECTION_REQUESTED" }));
  await screen.findByText("Everything that your documents show");
  await press(hands, "Send the correction");
  const first = await confirming();
  expect(first.headers["If-Match"]).toBe('"first"');
  first.answer(412, stale(texas));
  await screen.findByText("Something has changed since you looked");
  expect(screen.getByRole("group").hasAttribute("open")).toBe(true);
  await press(hands, "Send the correction");
  expect((await confirming()).headers["If-Match"]).toBe('"second"');
});

test("changes name what came, went and is otherwise, and nothing else", () => {
  const before = summary("first");
  const after = summary("second", {
    level_name: "Agent",
    documents: [],
    lines: [{ section: "agent", field: "npn", label: "NPN", value: "15645555" }],
  });
  expect(changes(before, after).map(({ key, before: then, after: now }) => [key, then, now])).toEqual([
    ["level", "General agent", "Agent"],
    ["documents", "Application", ""],
    ["agent/npn", "", "15645555"],
    ["agent/ssn", "***-**-4320", ""],
    ["pre-appointments/requested_states", "AL", ""],
  ]);
  expect(changes(before, { ...before, version: "third" })).toEqual([]);
});
