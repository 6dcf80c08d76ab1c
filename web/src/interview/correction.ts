/** What a correction request opens: the answers it names, what belongs to them, and nothing else. */
import type { Correction, Packet, Section } from "../api/types";

/** The sections a correction asks about, each with the names of its answers. */
export const sectionsAsked = (sections: Packet["sections"], correction: Correction) =>
  sections
    .map(({ name, title }) => ({
      name,
      title,
      labels: correction.fields.filter((one) => one.field.startsWith(`${name}.`)).map((one) => one.label),
    }))
    .filter((one) => one.labels.length > 0);

/** The paths inside a section that a correction asks about. */
export const pathsAsked = (correction: Correction, section: string): string[] =>
  correction.fields
    .filter((one) => one.field.startsWith(`${section}.`))
    .map((one) => one.field.slice(section.length + 1));

/** Whether an answer may change: it is asked about, lies inside what is, or is the other half of one that is. */
export const mayChange = (section: Section, asked: readonly string[], path: string): boolean =>
  asked.some((one) => path === one || path.startsWith(`${one}.`) || isPartner(section, one, path));

/** Whether anything inside a field may change. */
export const opensInside = (section: Section, asked: readonly string[], name: string): boolean =>
  mayChange(section, asked, name) || asked.some((one) => one.startsWith(`${name}.`));

const isPartner = (section: Section, one: string, other: string): boolean =>
  section.rules.some(
    (rule) => rule.kind === "exactly-one" && rule.fields.includes(one) && rule.fields.includes(other),
  ) || section.fields.some((field) => field.name === one && field.typed_twice_as === other);
