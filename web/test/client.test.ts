import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, Offline, onSessionProblem, Problem } from "../src/api/client";

const answers: (Response | Error)[] = [];
const calls: [string, RequestInit][] = [];

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 400 });
  answers.length = calls.length = 0;
  vi.stubGlobal("fetch", (address: string, options: RequestInit) => {
    calls.push([address, options]);
    const next = answers.shift();
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

test("every call carries the header that a foreign page cannot send", async () => {
  answers.push(json(200, {}));
  await api("PUT", "/packet/interview/{section}", { params: { section: "a/b" }, body: {}, version: 7 });
  const [address, options] = calls[0] ?? ["", {}];
  expect(address).toBe("/api/packet/interview/a%2Fb");
  expect(options.headers).toMatchObject({ "X-Requested-With": "econtracting", "If-Match": '"7"' });
});

test("every call tells where the browser is", async () => {
  answers.push(json(200, {}));
  await api("GET", "/packet");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(calls[0]?.[1].headers).toMatchObject({ "Time-Zone": zone });
});

test("an outage is waited out where repeating does no harm", async () => {
  answers.push(json(503, { code: "temporarily-unavailable" }, { "Retry-After": "1" }), json(200, { fine: true }));
  expect(await api("GET", "/packet")).toEqual({ fine: true });
  expect(calls).toHaveLength(2);
});

test("all attempts of one act share its key", async () => {
  answers.push(new TypeError("no network"), json(202, {}));
  await api("POST", "/packet/finish", { key: "one-key" });
  expect(calls.map(([, options]) => (options.headers as Record<string, string>)["Idempotency-Key"])).toEqual([
    "one-key",
    "one-key",
  ]);
});

test("a save without a key is not sent twice", async () => {
  answers.push(new TypeError("no network"));
  await expect(api("PUT", "/packet/agreement", { body: {} })).rejects.toBeInstanceOf(Offline);
  expect(calls).toHaveLength(1);
});

test("what the gateway says by itself is read in the language of the screen", async () => {
  const body = { code: "too-many-requests", detail: "Wait.", readings: { es: { title: "No", detail: "Espere." } } };
  for (const [lang, said] of [
    ["es", "Espere."],
    ["en", "Wait."],
  ] as const) {
    document.documentElement.lang = lang;
    answers.push(json(429, body));
    await expect(api("POST", "/packet/finish")).rejects.toThrow(said);
  }
  for (const readings of [null, "es", { es: null }, { es: { detail: 7 } }]) {
    document.documentElement.lang = "es";
    answers.push(json(429, { ...body, readings }));
    await expect(api("POST", "/packet/finish")).rejects.toThrow("Wait.");
  }
  document.documentElement.lang = "en";
});

test("a refusal names its fields", async () => {
  const errors = [{ field: "ssn", rule: "format", message: "Nine digits, please." }];
  answers.push(json(422, { code: "invalid-request", detail: "…", errors }));
  const problem = await api("PUT", "/packet/agreement", { body: {} }).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect((problem as Problem).errors).toEqual(errors);
});

test("a session that has ended is told to whoever listens", async () => {
  const heard: string[] = [];
  const stop = onSessionProblem((problem) => heard.push(problem.code));
  answers.push(json(401, { code: "not-signed-in" }));
  await expect(api("GET", "/packet")).rejects.toThrow();
  stop();
  expect(heard).toEqual(["not-signed-in"]);
});
