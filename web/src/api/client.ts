/** Calls of the product's API: the header a foreign page cannot send, problem documents, and patience with outages. */
import type { paths } from "./schema";

export type Path = keyof paths;

/** An entry of a problem's `errors`: which answer, which rule, and what to say about it. */
export interface FieldProblem {
  field: string;
  rule: string;
  message: string;
}

/** The API's refusal, an RFC 9457 problem document. `code` is the stable word to act on. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly facts: Record<string, unknown> = {},
    readonly retryAfter?: number,
  ) {
    super(message);
  }

  get errors(): FieldProblem[] {
    return Array.isArray(this.facts.errors) ? (this.facts.errors as FieldProblem[]) : [];
  }
}

/** Nothing came back: no network, or no one there. What was sent may or may not have arrived. */
export class Offline extends Error {}

export interface Call {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  /** What the call is about, as it was read: goes out as If-Match. */
  version?: number | string;
  /** One key for all attempts of one act, so that repeating it cannot double it. */
  key?: string;
  /** Let the request outlive the page. */
  keepalive?: boolean;
}

type Listener = (problem: Problem) => void;
const listeners = new Set<Listener>();

/** Hear of every refusal that concerns the session as a whole. Returns how to stop hearing. */
export function onSessionProblem(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const SESSION_CODES = new Set(["not-signed-in", "password-change-required", "agreement-required"]);
const ATTEMPTS = 3;
const LONGEST_WAIT_SECONDS = 8;

export const newKey = (): string => crypto.randomUUID();

export function address(path: Path, { params = {}, query = {} }: Call = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const search = new URLSearchParams(query).toString();
  return `/api${filled}${search ? `?${search}` : ""}`;
}

async function send(method: string, path: Path, call: Call): Promise<Response> {
  const headers: Record<string, string> = {
    "X-Requested-With": "econtracting",
    Accept: "application/json",
    "Accept-Language": document.documentElement.lang || "en", // what the screen speaks
  };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined;
  if (zone) headers["Time-Zone"] = zone; // the signer's day is that of where the signer is
  if (call.body !== undefined) headers["Content-Type"] = "application/json";
  if (call.version !== undefined) headers["If-Match"] = `"${call.version}"`;
  if (call.key !== undefined) headers["Idempotency-Key"] = call.key;
  let answer: Response;
  try {
    answer = await fetch(address(path, call), {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      keepalive: call.keepalive ?? false,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  } catch {
    throw new Offline();
  }
  if (answer.ok) return answer;
  throw await problemOf(answer);
}

/** What the gateway says by itself is the same for everyone: its sentence in the language of the screen, if it has one. */
function reading({ readings }: Record<string, unknown>): string | undefined {
  const found = (readings as Record<string, { detail?: unknown } | undefined> | null | undefined)?.[
    document.documentElement.lang
  ]?.detail;
  return typeof found === "string" ? found : undefined;
}

async function problemOf(answer: Response): Promise<Problem> {
  const facts = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string) => (typeof facts[name] === "string" ? (facts[name] as string) : undefined);
  const seconds = Number(answer.headers.get("Retry-After") ?? Number.NaN);
  return new Problem(
    answer.status,
    text("code") ?? `http-${answer.status}`,
    reading(facts) ?? text("detail") ?? text("title") ?? "",
    facts,
    Number.isFinite(seconds) ? seconds : undefined,
  );
}

const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

/** Whether the same call may be sent again without harm. */
const repeatable = (method: string, call: Call) => method === "GET" || call.key !== undefined;

async function patiently(method: string, path: Path, call: Call): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(method, path, call);
    } catch (error) {
      const passing = error instanceof Offline || (error instanceof Problem && error.status === 503);
      if (!passing || !repeatable(method, call) || attempt === ATTEMPTS || !navigator.onLine) {
        if (error instanceof Problem && SESSION_CODES.has(error.code)) listeners.forEach((tell) => tell(error));
        throw error;
      }
      const asked = error instanceof Problem ? error.retryAfter : undefined;
      await pause(Math.min(asked ?? attempt, LONGEST_WAIT_SECONDS));
    }
  }
}

/** Call and read JSON; `undefined` for an empty answer. Throws Problem or Offline. */
export async function api<Answer = unknown>(method: string, path: Path, call: Call = {}): Promise<Answer> {
  const answer = await patiently(method, path, call);
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as Answer;
}

/** Call and read bytes. Throws Problem or Offline. */
export async function bytes(path: Path, call: Call = {}, method = "GET"): Promise<ArrayBuffer> {
  return (await patiently(method, path, call)).arrayBuffer();
}
