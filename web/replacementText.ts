/**
 * Lets pdf.js tell what the replacement text of a piece of a page is (ISO 32000-2, 14.9.4), which it reads over, and
 * keeps it from taking a letter with an accent for an accent alone, after which it sees a gap where there is none.
 * Both are asked of pdf.js in words of its own (mozilla/pdf.js#20014); when they are there, this file goes.
 */
const CHANGES: [string, string][] = [
  [
    "id: Number.isInteger(mcid) ? `${self.idFactory.getPageObjId()}_mc${mcid}` : null,",
    `id: Number.isInteger(mcid) ? \`\${self.idFactory.getPageObjId()}_mc\${mcid}\` : null,
     actualText: args[1] instanceof Dict && typeof args[1].get("ActualText") === "string"
       ? stringToPDFString(args[1].get("ActualText"))
       : null,`,
  ],
  [String.raw`"^(\\s)|(\\p{Mn})|(\\p{Cf})$"`, String.raw`"^(?:(\\s)|(\\p{Mn})|(\\p{Cf}))$"`],
];

/** The worker's code with both changes. Throws where pdf.js no longer reads as it did. */
export function tellingReplacementText(code: string): string {
  return CHANGES.reduce((text, [before, after]) => {
    const parts = text.split(before);
    if (parts.length !== 2) throw new Error(`pdf.js has changed: web/replacementText.ts does not find ${before}`);
    return parts.join(after);
  }, code);
}

/** Applies them when the portal is built. */
export const replacementText = () => ({
  name: "replacement-text",
  transform: (code: string, id: string) =>
    id.includes("pdfjs-dist/build/pdf.worker.mjs") ? { code: tellingReplacementText(code), map: null } : null,
});
