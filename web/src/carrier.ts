/** What a carrier changes without touching code: public/carrier.json, replaced at deployment. */
/** The languages the portal can speak; a carrier offers some of them. */
export type Language = "en" | "es";

export interface Carrier {
  name: string;
  logo: string;
  colors: Record<string, string>;
  contact: { phone: string; email: string; hours: Partial<Record<Language, string>> };
  /** The deployment's password profile, to tick rules off while typing; the API has the last word. */
  password: { minimum_length: number; composition: boolean };
  languages: Language[];
  /** Messages in the carrier's own words, by language and message key. */
  wording: Partial<Record<Language, Record<string, string>>>;
}

let current: Carrier = {
  name: "",
  logo: "",
  colors: {},
  contact: { phone: "", email: "", hours: {} },
  password: { minimum_length: 6, composition: true },
  languages: ["en"],
  wording: {},
};

export const carrier = (): Carrier => current;

/** Read the configuration and dress the page in the carrier's colors. */
export async function loadCarrier(): Promise<void> {
  const answer = await fetch("/carrier.json", { cache: "no-cache" });
  if (answer.ok) dressAs({ ...current, ...((await answer.json()) as Partial<Carrier>) });
}

export function dressAs(chosen: Carrier): void {
  current = chosen;
  for (const [name, color] of Object.entries(chosen.colors))
    document.documentElement.style.setProperty(`--${name}`, color);
}
