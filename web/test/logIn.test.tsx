import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepLink } from "../src/router";
import { LogIn } from "../src/screens/LogIn";
import { SessionProvider } from "../src/session";
import { StepUp } from "../src/signing/StepUp";
import { asked, intercept, next } from "./wire";

beforeEach(() => {
  intercept();
  vi.stubGlobal("scrollTo", vi.fn()); // jsdom lays nothing out
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const field = () => screen.getByLabelText<HTMLInputElement>("Password");
const wrong = { code: "invalid-credentials" };

const logIn = () => next("POST", "/access/sessions");
/** What everyone is told who is not signed in. */
const refuseStranger = async () => (await next("GET", /packet$/)).answer(401, { code: "not-signed-in" });

async function opened() {
  const hands = userEvent.setup();
  render(
    <SessionProvider>
      <LogIn secret="a-link" />
    </SessionProvider>,
  );
  await refuseStranger();
  await hands.click(await screen.findByRole("button", { name: "I have a password" }));
  return hands;
}

test("a password that is not right is taken out of its field, which is ready for another", async () => {
  const hands = await opened();
  await hands.type(field(), "Wrong-one-1{Enter}");
  (await logIn()).answer(401, wrong);
  await screen.findByText("The link or the password is not right");
  expect(field().value).toBe("");
  expect(document.activeElement).toBe(field());
});

test("what is typed while a refusal is on its way is kept", async () => {
  const hands = await opened();
  await hands.type(field(), "Wrong-one-1{Enter}");
  await hands.clear(field());
  await hands.type(field(), "Right-one-1");
  (await logIn()).answer(401, wrong);
  await screen.findByText("The link or the password is not right");
  expect(field().value).toBe("Right-one-1");
});

test("a log-in without a password is refused at its field and asks nobody", async () => {
  const hands = await opened();
  await hands.click(screen.getByRole("button", { name: "Log in" }));
  expect(field().getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("Enter your password.")).toBeTruthy();
  expect(document.activeElement).toBe(field());
  expect(asked).toEqual([]);
  await hands.type(field(), "R");
  expect(field().getAttribute("aria-invalid")).toBeNull();
});

test("a refusal that belongs to no field of the screen is said in words", async () => {
  const hands = await opened();
  await hands.type(field(), "Right-one-1{Enter}");
  const errors = [{ field: "invitation", rule: "string-too-long", message: "The link is too long." }];
  (await logIn()).answer(422, { code: "invalid-request", errors });
  expect((await screen.findByRole("alert")).textContent).toBe("The link is too long.");
});

test("a password asked for once more is refused at its field when there is none", async () => {
  keepLink("a-link");
  // jsdom has dialogs, but not their methods.
  HTMLDialogElement.prototype.showModal = vi.fn();
  HTMLDialogElement.prototype.close = vi.fn();
  const hands = userEvent.setup();
  render(
    <SessionProvider>
      <StepUp onDone={vi.fn()} onClose={vi.fn()} />
    </SessionProvider>,
  );
  await refuseStranger();
  await hands.click(await screen.findByText("Continue"));
  expect(screen.getByText("Enter your password.")).toBeTruthy();
  expect(document.activeElement).toBe(field());
  expect(asked).toEqual([]);
});
