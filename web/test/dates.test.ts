import { afterEach, expect, test } from "vitest";
import { day, moment } from "../src/i18n";

const before = process.env.TZ;
afterEach(() => {
  process.env.TZ = before ?? "UTC";
});

test.each([
  ["Pacific/Pago_Pago", "Nov 27, 2026, 2:54 PM GMT-11"],
  ["Pacific/Honolulu", "Nov 27, 2026, 3:54 PM HST"],
  ["America/Phoenix", "Nov 27, 2026, 6:54 PM MST"],
  ["America/Chicago", "Nov 27, 2026, 7:54 PM CST"],
  ["America/Puerto_Rico", "Nov 27, 2026, 9:54 PM AST"],
  ["UTC", "Nov 28, 2026, 1:54 AM UTC"],
  ["Pacific/Guam", "Nov 28, 2026, 11:54 AM GMT+10"],
])("a browser in %s shows each day as it was told, and a time with its zone", (zone, shown) => {
  process.env.TZ = zone;
  expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
  expect(day("2026-11-28")).toBe("November 28, 2026");
  expect(day("2026-03-08")).toBe("March 8, 2026");
  expect(day("2026-11-01")).toBe("November 1, 2026");
  expect(day("2026-11-28T01:54:00Z", "America/Chicago")).toBe("November 27, 2026");
  expect(day("2026-11-28T01:54:00Z", "Pacific/Guam")).toBe("November 28, 2026");
  expect(moment("2026-11-28T01:54:00Z").replace(/\s/g, " ")).toBe(shown);
});
