/** The API's answers under the names the portal uses. What they hold is generated from docs/api/openapi.json. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type PacketStatus = Schemas["Status"];
export type Session = Schemas["SessionView"];
export type Person = Schemas["Recruiter"];
export type Packet = Schemas["PacketView"];
export type Stage = Schemas["StageView"];
/** What the agent is asked to mend. `field` begins with its section; `untouched` sections were not saved since. */
export type Correction = Schemas["CorrectionView"];
/** Of a text that binds in English only. */
export type CourtesyReading = Schemas["ReadingView"];
export type Agreement = Schemas["AgreementView"];

export type Section = Schemas["SectionView"];
export type Saved = Schemas["SavedSectionView"];
export type Field = Schemas["FieldView"];
export type Question = Schemas["QuestionView"];
/** An answer in a form that is being filled in: as the API shows it, undefined as long as nothing was given. */
export type Answer = string | number | boolean | null | undefined | Answer[] | { [name: string]: Answer };
export type Answers = Record<string, Answer>;
export type Attachment = Schemas["AttachmentView"];
/** A file that was announced, and where its bytes go. */
export type Announced = Schemas["AnnouncedAttachmentView"];
export type Summary = Schemas["SummaryView"];

export type Consent = Schemas["ConsentView"];
export type SignatureChoices = Schemas["SignatureView"];
export type SigningDocument = Schemas["DocumentView"];
export type SigningField = Schemas["SigningFieldView"];
export type PrintRow = Schemas["PrintRowView"];

/** Newest first. `disputed_at` is the last time, and stays when that dispute was answered. */
export type Notices = Schemas["NoticesView"];
export type Enclosure = Schemas["EnclosureView"];
export type Reminders = Schemas["RemindersView"];
