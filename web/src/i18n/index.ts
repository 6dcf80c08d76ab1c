/** The portal's own words, in the person's language. Words of the packet (questions, documents) come from the API. */
import { useSyncExternalStore } from "react";
import { store, stored } from "../browserStorage";
import { carrier, type Language } from "../carrier";
import { en, type Key, type Messages } from "./en";

const STORED = "language";
const listeners = new Set<() => void>();
let language: Language = "en";
let messages: Messages = en;
/** What the person chose on this page and no packet was told yet. */
let untold: Language | undefined;

export const currentLanguage = (): Language => language;

/** Load a language's messages and use them from now on. */
export async function speak(wanted: Language): Promise<void> {
  messages = wanted === "es" ? (await import("./es")).es : en;
  language = wanted;
  document.documentElement.lang = wanted;
  store("localStorage", STORED, wanted);
  listeners.forEach((tell) => tell());
}

/** The person wants this language: a packet that is open is to be told. */
export async function choose(wanted: Language): Promise<void> {
  untold = wanted;
  await speak(wanted);
}

/**
 * One language for the screen and the packet that is open: what the person chose is told to the packet by `tell`, and
 * else the packet's is spoken. A packet that has none takes the screen's, if that is not English, in which it begins.
 * Tells whether the packet's language has changed by this.
 */
export async function agree(known: Language | null, tell: (language: Language) => Promise<unknown>): Promise<boolean> {
  const wanted = untold ?? (known === null && language !== "en" ? language : known);
  if (wanted === null || !carrier().languages.includes(wanted)) return false;
  if (wanted !== language) await speak(wanted);
  if (wanted !== known) await tell(wanted);
  untold = undefined;
  return wanted !== known;
}

/** The language chosen before, or the browser's, if the carrier offers it. */
export function preferredLanguage(): Language {
  const offered = carrier().languages;
  const wishes = [stored("localStorage", STORED) ?? "", ...navigator.languages].map((wish) => wish.slice(0, 2));
  return (wishes.find((wish) => offered.includes(wish as Language)) as Language | undefined) ?? "en";
}

/** A message with its {places} filled in. The carrier's own wording goes before the portal's. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = carrier().wording[language]?.[key] ?? messages[key];
  const known: Record<string, string | number> = { carrier: carrier().name, ...values };
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(known[name] ?? place));
}

export const hasMessage = (key: string): key is Key => key in en;

/** Render again when the language changes. */
export const useLanguage = (): Language =>
  useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => language,
  );

const locale = () => (language === "es" ? "es-US" : "en-US");

// An instant falls on a day only somewhere: what the API tells as a day is shown as that day wherever the browser is.
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A day as it was told, or the day of a time: in a zone, or else where the browser is. */
export const day = (told: string, timeZone?: string): string =>
  DAY.test(told)
    ? new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${told}T12:00:00Z`))
    : new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeZone }).format(new Date(told));

/** A time where the browser is, with the name of its zone. */
export const moment = (iso: string): string =>
  new Intl.DateTimeFormat(locale(), {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(new Date(iso));

export const clock = (at: Date): string => new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(at);

/** Several names as one phrase: "a, b and c". */
export const list = (names: string[]): string => new Intl.ListFormat(locale()).format(names);

export const fileSize = (octets: number): string =>
  octets < 1024 * 1024
    ? `${Math.max(1, Math.round(octets / 1024))} KB`
    : `${new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(octets / 1024 / 1024)} MB`;
