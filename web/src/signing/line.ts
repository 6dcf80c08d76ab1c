/** How a line to sign is found on the screen, and what it is called there. */
import type { SigningField } from "../api/types";
import { t } from "../i18n";

export const lineId = (field: SigningField): string => `line-${field.field_id}`;

/** The same line in the list below the pages, where it has a button of its own. */
export const listedId = (field: SigningField): string => `${lineId(field)}-listed`;

/** What signing the line is called. */
export const verb = (field: SigningField): string => t(`sign.kind.${field.kind}`);

/** Put the focus on a line. Tells whether it is there: on a page it comes with the page. */
export function focusLine(field: SigningField): boolean {
  // The text version has no page to sign on: there the list below it is gone to.
  const listed = document.querySelector(".text-version") ? document.getElementById(listedId(field)) : null;
  const control = listed ?? document.getElementById(lineId(field));
  control?.scrollIntoView({ block: "center" });
  control?.focus({ preventScroll: true });
  return control !== null;
}
