import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StopReminders } from "../src/screens/StopReminders";
import { asked, intercept, next } from "./wire";

const SECRET = "Ab3_-dEf9hIjKlMnOpQrStUvWxYz0123456789-_AbC";

beforeEach(() => {
  intercept();
  vi.stubGlobal("scrollTo", vi.fn()); // jsdom lays nothing out
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const button = () => screen.getByRole("button", { name: "Stop the reminders" });

test("opening the link of a reminder stops nothing, its button does", async () => {
  render(<StopReminders secret={SECRET} />);
  expect(asked).toEqual([]);
  await userEvent.click(button());
  const call = await next("POST", new RegExp(`^/api/reminder-stops\\?token=${SECRET}$`));
  call.answer(200, { on: false, stopped_at: "2026-11-27T15:00:00Z" });
  expect(await screen.findByRole("heading", { name: "We do not remind you any more" })).toBeTruthy();
});

test("a link that was used before says that the reminders are on", async () => {
  render(<StopReminders secret={SECRET} />);
  await userEvent.click(button());
  (await next("POST", /reminder-stops/)).answer(200, { on: true, stopped_at: null });
  expect(await screen.findByRole("heading", { name: "This link was used before" })).toBeTruthy();
});

test("a link of no reminder says what to do", async () => {
  render(<StopReminders secret={SECRET} />);
  await userEvent.click(button());
  const detail = "This link stops no reminders any more. Sign in to your packet to stop them there.";
  (await next("POST", /reminder-stops/)).answer(404, { code: "link-unknown", detail });
  expect((await screen.findByRole("alert")).textContent).toBe(detail);
});

test("an incomplete link says so and asks nobody", () => {
  render(<StopReminders secret={SECRET.slice(1)} />);
  expect(screen.getByRole("heading", { name: "This link is incomplete" })).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
  expect(asked).toEqual([]);
});
