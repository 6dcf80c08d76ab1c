import type { Person } from "../api/types";
import { dial, phoneShown } from "./phone";

/** Whom to ask, with every way to reach them. */
export function Contact({ person }: { person: Person }) {
  return (
    <p>
      <strong>{person.name}</strong>
      <br />
      <a href={dial(person.phone)}>{phoneShown(person.phone)}</a>
      <br />
      <a href={`mailto:${person.email}`}>{person.email}</a>
    </p>
  );
}
