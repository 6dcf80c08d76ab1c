/** The address that dials a number of the United States, however it is written. */
export function dial(phone: string): string {
  const digits = phone.replace(/\D/g, "");
  return `tel:+${digits.length === 10 ? "1" : ""}${digits}`;
}

/** (615) 555-0123 for a stored +16155550123; anything else as it is. */
export function phoneShown(text: string): string {
  const digits = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(text);
  return digits ? `(${digits[1]}) ${digits[2]}-${digits[3]}` : text;
}
