/** The password rules that can be told while typing; common and personal passwords only the API knows. */
export type PasswordRule = "length" | "digit" | "lower" | "upper";

export interface PasswordProfile {
  minimum_length: number;
  composition: boolean;
}

export function passwordRules(typed: string, profile: PasswordProfile): { rule: PasswordRule; met: boolean }[] {
  const text = typed.normalize("NFC");
  const rules: { rule: PasswordRule; met: boolean }[] = [
    { rule: "length", met: [...text].length >= profile.minimum_length },
  ];
  if (profile.composition)
    rules.push(
      { rule: "digit", met: /\p{Nd}/u.test(text) },
      { rule: "lower", met: /\p{Ll}/u.test(text) },
      { rule: "upper", met: /\p{Lu}/u.test(text) },
    );
  return rules;
}
