/** Answers and files that are on their way while the person goes on. */
import { act, cleanup, fireEvent, render, renderHook, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Attachment } from "../src/api/types";
import { forgetTyped, takeTyped } from "../src/unsaved";
import { Uploads } from "../src/interview/Uploads";
import { useSection } from "../src/interview/useSection";
import { asked, intercept, next } from "./wire";

beforeEach(intercept);

afterEach(() => {
  cleanup();
  forgetTyped();
  vi.unstubAllGlobals();
});

const section = {
  version: 1,
  complete: false,
  title: "About you",
  introduction: "",
  answers: { city: "Nashville" },
  rules: [],
  warnings: [],
  fields: [{ name: "city", label: "City", type: "city", required: true }],
};
const saved = { version: 2, complete: true, warnings: [] };

async function onScreen(drafts = true) {
  const hook = renderHook(() => useSection({ packet: "one", name: "agent", drafts, language: "en" }));
  const reading = await next("GET", "/interview/agent");
  await act(async () => reading.answer(200, section));
  await waitFor(() => expect(hook.result.current.section).toBeDefined());
  return hook;
}

test("what is typed while a section is being saved is saved after it", async () => {
  const { result, unmount } = await onScreen();
  act(() => result.current.change("city", "Knoxville"));
  let submitted: Promise<unknown> = Promise.resolve();
  act(() => void (submitted = result.current.submit()));
  const saving = await next("PUT", /agent$/);
  expect(saving.body).toEqual({ city: "Knoxville" });
  act(() => result.current.change("city", "Knoxville Hills"));
  await act(async () => {
    saving.answer(200, saved);
    await submitted;
  });
  unmount();
  expect((await next("PUT", "draft=true")).body).toEqual({ city: "Knoxville Hills" });
});

test("saving waits for a file on its way and carries what came of it", async () => {
  const { result } = await onScreen();
  let arrive: (attached: boolean) => void = () => undefined;
  act(() => result.current.onWay(new Promise((resolve) => (arrive = resolve))));
  act(() => void result.current.submit());
  expect(result.current.submitting).toBe(true);
  await act(async () => undefined);
  expect(asked).toEqual([]);
  await act(async () => {
    result.current.change("city", "Jackson");
    arrive(true);
  });
  expect((await next("PUT", /agent$/)).body).toEqual({ city: "Jackson" });
});

test("a file that is refused keeps the section on the screen", async () => {
  const { result } = await onScreen(false);
  act(() => result.current.onWay(Promise.resolve(false)));
  await act(async () => expect(await result.current.submit()).toBeUndefined());
  expect(result.current.submitting).toBe(false);
  expect(asked).toEqual([]);
});

test("a draft waits for the section being saved and goes out with the version that one brought", async () => {
  const { result } = await onScreen();
  act(() => result.current.change("city", "Knoxville"));
  act(() => void result.current.submit());
  const saving = await next("PUT", /agent$/);
  act(() => result.current.change("city", "Knoxville Hills"));
  await act(async () => void dispatchEvent(new Event("beforeunload")));
  expect(asked).toEqual([]);
  await act(async () => saving.answer(200, { ...saved, version: 7 }));
  const draft = await next("PUT", "draft=true");
  expect(draft.headers["If-Match"]).toBe('"7"');
  expect(draft.body).toEqual({ city: "Knoxville Hills" });
});

test("a conflict found while the person types on holds saving until it is settled", async () => {
  const { result } = await onScreen();
  act(() => result.current.change("city", "Knoxville"));
  act(() => void result.current.submit());
  (await next("PUT", /agent$/)).answer(409, { code: "stale-version" });
  const reading = await next("GET", "/interview/agent");
  act(() => result.current.change("city", "Knoxville Hills"));
  await act(async () => reading.answer(200, { ...section, version: 5, answers: { city: "Memphis" } }));
  await waitFor(() => expect(result.current.submitting).toBe(false));
  expect(result.current.differences).toMatchObject([{ mine: "Knoxville Hills", theirs: "Memphis" }]);
  await act(async () => void dispatchEvent(new Event("beforeunload")));
  expect(asked).toEqual([]);
  act(() => result.current.settle({ city: "Knoxville Hills" }));
  await act(async () => void dispatchEvent(new Event("beforeunload")));
  const draft = await next("PUT", "draft=true");
  expect(draft.headers["If-Match"]).toBe('"5"');
  expect(draft.body).toEqual({ city: "Knoxville Hills" });
});

test("a file that arrives after the section was left is kept when it cannot be saved", async () => {
  const { result, unmount } = await onScreen();
  const { change } = result.current;
  unmount();
  await act(async () => undefined);
  vi.useFakeTimers();
  change("city", "Jackson");
  await vi.runOnlyPendingTimersAsync();
  vi.useRealTimers();
  (await next("PUT", "draft=true")).answer(401, { code: "not-signed-in" });
  await waitFor(() => expect(takeTyped("one", "agent")?.answers).toEqual({ city: "Jackson" }));
});

const file = (id: string): Attachment => ({
  attachment_id: id,
  file_name: `${id}.pdf`,
  content_type: "application/pdf",
  size: 10,
  status: "PASSED",
  reason: null,
  message: null,
});

function Question({ onWay }: { onWay: (upload: Promise<boolean>) => void }) {
  const [attached, setAttached] = useState(["first"]);
  const [files, setFiles] = useState([file("first")]);
  const allowed = {
    content_types: ["application/pdf"],
    endings: [".pdf"],
    largest: 100,
    most: 40,
    together: 1000,
    pixels: 25_000_000,
    per_question: 5,
  };
  return (
    <Uploads
      id="files"
      needed
      error={undefined}
      remark={undefined}
      allowed={allowed}
      attached={attached}
      onAttached={setAttached}
      files={files}
      setFiles={setFiles}
      onWay={onWay}
    />
  );
}

async function choose(found: Attachment): Promise<() => Promise<void>> {
  const chosen = new File(["%PDF-"], "second.pdf", { type: "application/pdf" });
  fireEvent.change(document.getElementById("files") as HTMLElement, { target: { files: [chosen] } });
  const upload = { url: "https://storage.example/", fields: {} };
  (await next("POST", /attachments$/)).answer(201, { ...file("second"), upload });
  (await next("POST", "storage.example")).answer(201, {});
  const looking = await next("POST", /complete$/);
  return async () => act(async () => looking.answer(200, found));
}

test("a file taken away while another is on its way stays away", async () => {
  render(<Question onWay={vi.fn()} />);
  const arrive = await choose(file("second"));
  fireEvent.click(screen.getByRole("button", { name: /Remove/ }));
  await arrive();
  const listed = () => screen.getAllByRole("listitem").map((one) => one.querySelector("span")?.textContent);
  await waitFor(() => expect(listed()).toEqual(["second.pdf 1 KB"]));
});

test.each([
  ["attached", file("second"), true],
  ["refused", { ...file("second"), status: "REJECTED", reason: "unreadable" }, false],
] as const)("a file on its way comes to whether it was %s", async (_, found, attached) => {
  const onWay = vi.fn<(upload: Promise<boolean>) => void>();
  render(<Question onWay={onWay} />);
  const arrive = await choose(found);
  await arrive();
  expect(await onWay.mock.calls[0]?.[0]).toBe(attached);
});
