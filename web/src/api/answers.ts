/** The API's answers as the portal reads them. The contract leaves most answers open, so they are told here. */
import type { FieldProblem } from "./client";

export type PacketStatus =
  | "INVITED"
  | "IN_PROGRESS"
  | "AWAITING_SIGNATURE"
  | "SEALING"
  | "SUBMITTED"
  | "BACKGROUND_CHECK"
  | "APPOINTING"
  | "PROCESSED"
  | "CERTIFICATION_OPEN"
  | "ACTIVE"
  | "CORRECTION_REQUESTED"
  | "ADVERSE_REVIEW"
  | "NEEDS_REVIEW"
  | "DECLINED"
  | "WITHDRAWN"
  | "EXPIRED"
  | "REJECTED";

export interface Session {
  packet_id: string;
  status: PacketStatus;
  must_change_password: boolean;
  ends_at: string;
  idle_seconds: number;
}

export interface Person {
  name: string;
  email: string;
  phone: string;
}

export interface Stage {
  stage: string;
  state: "done" | "current" | "ahead";
  at?: string;
  expected_by?: string;
  /** A vendor does not answer: which, by code, and how the API says it in English. */
  delay?: { waiting_for: string[]; message: string };
}

/** What the agent is asked to mend. `field` begins with its section; `untouched` sections were not saved since. */
export interface Correction {
  number: number;
  fields: { field: string; label: string }[];
  reason: string;
  requested_at: string;
  untouched: string[];
}

/** What goes with a notice: `view` is a path of the API that answers a PDF, `url` a page of the government's. */
export interface Enclosure {
  title: string;
  view: string | null;
  url: string | null;
}

/** A notice about a background report, before a decision (`pre-adverse`) or of it (`adverse`). */
export interface NoticeRow {
  notice_id: string;
  kind: "pre-adverse" | "adverse";
  title: string;
  at: string;
  enclosures: Enclosure[];
}

/** Newest first. `disputed_at` is the last time, and stays when that dispute was answered. */
export interface Notices {
  items: NoticeRow[];
  dispute_possible: boolean;
  disputed_at: string | null;
}

export interface Packet {
  packet_id: string;
  status: PacketStatus;
  carrier: { name: string; phone: string; email: string; hours: string };
  recruiter: Person;
  agreement_accepted: boolean;
  sections: { name: string; title: string; complete: boolean; version: number }[];
  timeline: Stage[];
  expires_at: string;
  correction?: Correction | null;
}

export interface Agreement {
  version: string;
  title: string;
  text: string;
  accepted_at: string | null;
}

export type FieldType =
  | "name"
  | "text"
  | "long-text"
  | "city"
  | "address-line"
  | "state"
  | "postal-code"
  | "ssn"
  | "birth-date"
  | "phone"
  | "extension"
  | "email"
  | "npn"
  | "url-or-none"
  | "choice"
  | "whole-number"
  | "yes-no"
  | "box"
  | "requested-states"
  | "group";

export interface Field {
  name: string;
  label: string;
  type: FieldType;
  required: boolean;
  hint?: string;
  choices?: string[];
  longest?: number;
  sensitive?: boolean;
  typed_twice_as?: string;
  minimum_age?: number;
  follows?: { switch: string; source: string; label: string };
  fields?: Field[];
}

export interface Question {
  code: string;
  topic: string;
  text: string;
  asks_for: string;
  follow_ups: Field[];
  needs_upload_to_appoint: boolean;
}

export interface Rule {
  kind: "at-least-one" | "exactly-one";
  fields: string[];
  message: string;
}

export interface RequestedState {
  state: string;
  type: string;
  known: boolean;
  license: { status: "to-be-verified" | "valid" | "not-valid"; reasons: string[]; as_of: string | null };
}

export type Answer = string | number | boolean | null | undefined | Answer[] | { [name: string]: Answer };
export type Answers = Record<string, Answer>;

export interface Section {
  version: number;
  complete: boolean;
  title: string;
  introduction: string;
  answers: Answers;
  fields: Field[];
  rules: Rule[];
  questions?: Question[];
  attachments?: { per_question: number; largest: number; content_types: string[] };
  warnings: FieldProblem[];
  verification?: string;
  states?: RequestedState[];
  recruiter?: Person;
}

export interface Saved {
  version: number;
  complete: boolean;
  warnings: FieldProblem[];
  verification?: string;
}

export interface Attachment {
  attachment_id: string;
  file_name: string;
  content_type: string;
  size: number;
  status: "AWAITED" | "PASSED" | "REJECTED";
  reason: string | null;
  upload?: { method: string; url: string; fields: Record<string, string> };
}

export interface Summary {
  status: PacketStatus;
  lines: { section: string; field: string; label: string; value: string }[];
  incomplete: string[];
}

export interface Consent {
  disclosure_version: string;
  title: string;
  disclosure: string;
  accepted_at: string | null;
}

export interface SigningField {
  field_id: string;
  kind: "signature" | "initials" | "date" | "acknowledge";
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
  required: boolean;
  label: string;
  signed_at: string | null;
}

export interface SigningDocument {
  document_id: string;
  title: string;
  mode: "sign" | "acknowledge" | "reference" | "print-only" | "generated";
  act: string;
  statement: string | null;
  pages: number;
  complete: boolean;
  fields: SigningField[];
}

export interface PrintRow {
  document_id: string;
  title: string;
  mode: SigningDocument["mode"];
  pages: number;
  sha256: string;
}

/** What there is to choose from when a signature is adopted, and the one that is adopted now. */
export interface SignatureChoices {
  full_name: string;
  initials: string;
  styles: { id: string; name: string }[];
  statement: string;
  image_limits: { bytes: number; types: string[] };
  adopted: { signature_id: string; method: string; style: string; initials?: string } | null;
}
