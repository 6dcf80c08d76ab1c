/**
 * Days and times as a person reads them, and where the browser is. An instant falls on a day only somewhere, so what the
 * API tells as a day is shown as that day wherever the browser is, and a time is shown with its zone.
 */
import { locale } from "./index";

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

/** The zone that the browser is set to, by its name in the IANA database; some do not tell. */
export const browserZone = (): string | undefined => new Intl.DateTimeFormat().resolvedOptions().timeZone || undefined;
