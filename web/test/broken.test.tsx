import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { App } from "../src/App";
import { Broken } from "../src/components/Broken";
import { match } from "../src/router";
import { asked, intercept, next } from "./wire";

const SECRET = "Ab3_-dEf9hIjKlMnOpQrStUvWxYz0123456789-_AbC";

beforeEach(() => {
  intercept();
  vi.stubGlobal("scrollTo", vi.fn()); // jsdom lays nothing out
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  history.replaceState(null, "", "/");
});

async function opened(address: string) {
  history.replaceState(null, "", address);
  dispatchEvent(new HashChangeEvent("hashchange"));
  render(<App />);
  (await next("GET", /packet$/)).answer(401, { code: "not-signed-in" });
}

test("a link from a scanner's path opens the way in, and the path is gone from the address", async () => {
  await opened(`/%23/invitation/${SECRET}).`);
  expect(await screen.findByRole("button", { name: "Get my password" })).toBeTruthy();
  expect(location.pathname + location.search + location.hash).toBe(`/#/invitation/${SECRET}`);
});

test.each(["/#/invitation/abc", "/%23/invitation/abc.", "/#/invitation/", "/#/invitation", "/#/invitation/%E0%A4%A"])(
  "an incomplete link says so and asks for no password: %s",
  async (address) => {
    await opened(address);
    expect(await screen.findByRole("heading", { name: "This link is incomplete" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Get my password" })).toBeNull();
    expect(asked).toEqual([]);
  },
);

test.each(["/#%", "/#/%E0%A4%A", "/%E0%A4%A", "/#/ended/%", "/#/interview/%E0%A4%A", "/nowhere", "/#/\u0000"])(
  "no address leaves a white page: %s",
  async (address) => {
    await opened(address);
    expect((await screen.findAllByRole("heading", { level: 1 })).length).toBe(1);
  },
);

test("a browser that keeps nothing leaves no white page", async () => {
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  await opened("/#/status");
  expect((await screen.findAllByRole("heading", { level: 1 })).length).toBe(1);
});

function Bad({ at }: { at: string }) {
  if (at === "/bad") throw new Error("cannot be shown");
  return <p>fine</p>;
}

test("a screen that cannot be shown is replaced by one that says so, until another is asked for", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const page = (at: string) => (
    <Broken at={at}>
      <Bad at={at} />
    </Broken>
  );
  const { rerender } = render(page("/good"));
  rerender(page("/bad"));
  expect(screen.getByRole("heading", { name: "Something went wrong on this page" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Load the page again" })).toBeTruthy();
  rerender(page("/good"));
  expect(screen.getByText("fine")).toBeTruthy();
});

test("a part of an address that is wrongly encoded is taken as it stands", () => {
  expect(match("/interview/:section", "/interview/%E0%A4%A")).toEqual({ section: "%E0%A4%A" });
});
