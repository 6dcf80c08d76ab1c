/** What a notice about a background report leaves open, and how its words are laid out. */
import type { Notices, PacketStatus } from "../api/types";

export const GROUNDS = ["inaccurate", "incomplete", "not-mine"] as const;
export type Ground = (typeof GROUNDS)[number];

/**
 * Whether the report can be disputed here: never yet disputed, again after an answer, while a dispute is open, after the
 * decision, or not while nothing is to be decided.
 */
export type Dispute = "possible" | "again" | "open" | "decided" | "idle";

export function disputeOf(notices: Notices, status: PacketStatus): Dispute {
  if (notices.dispute_possible) return notices.disputed_at ? "again" : "possible";
  if (status === "REJECTED") return "decided";
  return status === "ADVERSE_REVIEW" && notices.disputed_at ? "open" : "idle";
}

/** A notice as it is read under its own title, which the text begins with. */
export const withoutTitle = (text: string, title: string): string =>
  (text.startsWith(`${title}\n`) ? text.slice(title.length) : text).trim();
