/** What is typed but not saved yet: saved before a log-out, kept in memory alone when a session ends by itself. */
import type { Answers } from "./api/types";

export interface Typed {
  packet: string;
  section: string;
  base: Answers;
  answers: Answers;
  retyped: ReadonlySet<string>;
}

let typed: Typed | undefined;
let leaving = false;
const savers = new Set<() => Promise<unknown>>();

/** Take part in the saving before a log-out. Returns how to take part no longer. */
export function saveBeforeLeaving(save: () => Promise<unknown>): () => void {
  savers.add(save);
  return () => savers.delete(save);
}

export const saveEverything = (): Promise<unknown> => Promise.all([...savers].map((save) => save()));

/** Keep it for the same person's return to this page; nothing is kept of someone who leaves on purpose. */
export function keepTyped(what: Typed): void {
  if (!leaving) typed = what;
}

/** Hand it out, once, to the section of the packet it belongs to; another packet makes it go. */
export function takeTyped(packet: string, section: string): Typed | undefined {
  leaving = false;
  const found = typed?.packet === packet && typed.section === section ? typed : undefined;
  if (found || typed?.packet !== packet) typed = undefined;
  return found;
}

export function forgetTyped(): void {
  typed = undefined;
  leaving = true;
}
