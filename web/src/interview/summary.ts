import type { Summary } from "../api/types";
import { hasMessage, t } from "../i18n";
import { stateName } from "./states";

/** One thing that the documents show. `key` is the same in every summary of a packet. */
export interface Shown {
  key: string;
  label: string;
  value: string;
}

/** What a summary showed, and shows now; a blank stands for what is not there. */
export interface Change {
  key: string;
  label: string;
  before: string;
  after: string;
}

/** What the documents show besides answers: who contracts the agent, as what, where, and with which documents. */
export function facts(summary: Summary): Shown[] {
  const { agency, recruiter, states, documents } = summary;
  const how = (type: string) => {
    const message = `states.type.${type}`;
    return hasMessage(message) ? t(message) : type;
  };
  return [
    { key: "agency", label: t("summary.agency"), value: agency.name },
    {
      key: "recruiter",
      label: t("summary.recruiter"),
      value: [recruiter.name, recruiter.email, recruiter.phone].join(", "),
    },
    { key: "level", label: t("summary.level"), value: summary.level_name },
    {
      key: "states",
      label: t("summary.states"),
      value: states.map((one) => `${stateName(one.state)} (${how(one.type)})`).join(", "),
    },
    { key: "documents", label: t("summary.documents"), value: documents.map((one) => one.title).join(", ") },
    { key: "forms", label: t("summary.forms"), value: summary.type_version },
  ];
}

const shown = (summary: Summary): Shown[] => [
  ...facts(summary),
  ...summary.lines.map((line) => ({ key: `${line.section}/${line.field}`, label: line.label, value: line.value })),
];

/** Everything that two summaries show differently. Answers behind the same mask look alike, although they differ. */
export function changes(before: Summary, after: Summary): Change[] {
  const then = new Map(shown(before).map((one) => [one.key, one]));
  const now = new Map(shown(after).map((one) => [one.key, one]));
  return [...new Set([...now.keys(), ...then.keys()])]
    .map((key) => ({
      key,
      label: (now.get(key) ?? then.get(key))?.label ?? key,
      before: then.get(key)?.value ?? "",
      after: now.get(key)?.value ?? "",
    }))
    .filter((one) => one.before !== one.after);
}
