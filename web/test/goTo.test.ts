/** Going to a place that is not there yet. */
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useGoTo } from "../src/signing/useGoTo";

afterEach(cleanup);

const onScreen = () => renderHook(({ document }) => useGoTo(document), { initialProps: { document: "one" } });

test("a place that is there is gone to at once, and only once", () => {
  const { result } = onScreen();
  const go = vi.fn(() => true);
  act(() => result.current.goTo({ documentId: "one", go }));
  act(() => result.current.onDrawn());
  expect(go).toHaveBeenCalledTimes(1);
});

test("a place on a page is gone to when its page is drawn, however long that takes", () => {
  const { result } = onScreen();
  let there = false;
  const go = vi.fn(() => there);
  act(() => result.current.goTo({ documentId: "one", go }));
  act(() => result.current.onDrawn());
  expect(go).toHaveLastReturnedWith(false);
  there = true;
  act(() => result.current.onDrawn());
  expect(go).toHaveLastReturnedWith(true);
  const before = go.mock.calls.length;
  act(() => result.current.onDrawn());
  expect(go).toHaveBeenCalledTimes(before);
});

test("a place in another document waits for that document", () => {
  const { result, rerender } = onScreen();
  const go = vi.fn(() => true);
  act(() => result.current.goTo({ documentId: "two", go }));
  act(() => result.current.onDrawn());
  expect(go).not.toHaveBeenCalled();
  rerender({ document: "two" });
  expect(go).toHaveBeenCalledTimes(1);
});

test("a new wish takes the place of one that never came true", () => {
  const { result } = onScreen();
  const [never, now] = [vi.fn(() => false), vi.fn(() => true)];
  act(() => result.current.goTo({ documentId: "one", go: never }));
  act(() => result.current.goTo({ go: now }));
  never.mockClear();
  act(() => result.current.onDrawn());
  expect(now).toHaveBeenCalledTimes(1);
  expect(never).not.toHaveBeenCalled();
});
