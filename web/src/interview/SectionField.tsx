import type { Field, Section } from "../api/types";
import type { Ask } from "./ask";
import { FieldInput } from "./FieldInput";
import { GroupInput } from "./GroupInput";
import { RequestedStates } from "./RequestedStates";

interface Props {
  field: Field;
  section: Section;
  ask: Ask;
  /** The section's name. */
  name: string;
}

/** One field of a section, with what the section's rules say about it. */
export function SectionField({ field, section, ask, name }: Props) {
  if (field.type === "requested-states") return <RequestedStates section={section} />;
  if (field.type === "group") return <GroupInput field={field} section={name} ask={ask} />;
  // Whether a field that belongs to others may stay blank, only all of them together can tell.
  const together = field.type !== "box" && section.rules.some((rule) => rule.fields.includes(field.name));
  return <FieldInput field={together ? { ...field, required: true } : field} path={field.name} ask={ask} />;
}
