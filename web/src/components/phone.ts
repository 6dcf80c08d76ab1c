/** The address that dials a number of the United States and its extension, however it is written (RFC 3966). */
export function dial(phone: string): string {
  const [number = "", extension] = phone.split(/;ext=|, extension /);
  const digits = number.replace(/\D/g, "");
  return `tel:+${digits.length === 10 ? "1" : ""}${digits}${extension ? `;ext=${extension}` : ""}`;
}

/** (615) 555-0123, extension 12 for a stored +16155550123;ext=12; anything else as it is. */
export function phoneShown(text: string): string {
  const digits = /^\+1(\d{3})(\d{3})(\d{4})(?:;ext=(\d{1,6}))?$/.exec(text);
  if (!digits) return text;
  const extension = digits[4] ? `, extension ${digits[4]}` : "";
  return `(${digits[1]}) ${digits[2]}-${digits[3]}${extension}`;
}
