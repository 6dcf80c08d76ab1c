import type { Section, SignatureChoices } from "../api/answers";
import { api, Problem } from "../api/client";
import { t } from "../i18n";
import { asText } from "../interview/model";

const STYLES = ["flowing", "casual", "formal", "brush"];

/** The choices the API tells; an API that does not tell them takes the typed styles under the name of the interview. */
export async function signatureChoices(): Promise<SignatureChoices> {
  try {
    return await api<SignatureChoices>("GET", "/packet/signature");
  } catch (error) {
    if (!(error instanceof Problem && (error.status === 404 || error.status === 405))) throw error;
  }
  const { answers } = await api<Section>("GET", "/packet/interview/{section}", { params: { section: "agent" } });
  const parts = ["first_name", "middle_name", "last_name", "suffix"].map((name) => asText(answers[name]));
  const name = parts.filter(Boolean).join(" ");
  return {
    full_name: name,
    initials: initialsOf(name),
    styles: STYLES.map((id) => ({ id, name: id })),
    statement: t("adopt.statement"),
    adopted: null,
  };
}

export const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((part) => [...part][0] ?? "")
    .filter((letter) => /\p{L}/u.test(letter))
    .join("")
    .slice(0, 4)
    .toUpperCase();
