import type { CourtesyReading } from "../api/types";

/** A text of the carrier: paragraphs between blank lines, each a paragraph. What binds is English. */
export function Prose({ text, leads = false, lang = "en" }: { text: string; leads?: boolean; lang?: string }) {
  return (
    <div className="prose" lang={lang}>
      {text.split(/\n\s*\n/).map((paragraph, index) => {
        const [lead, ...rest] = paragraph.split(". ");
        // "Your right to paper. You may ..." begins with its own heading.
        const headed = leads && rest.length > 0 && lead !== undefined && lead.length < 60 && index > 0;
        return (
          <p key={index} className="lines">
            {headed ? (
              <>
                <strong>{lead}.</strong> {rest.join(". ")}
              </>
            ) : (
              paragraph
            )}
          </p>
        );
      })}
    </div>
  );
}

/** What a binding text says in the person's language, with the word that it does not bind; nothing where there is none. */
export function Reading({ of, leads = false }: { of: CourtesyReading | null | undefined; leads?: boolean }) {
  if (!of) return null;
  return (
    <details className="reading" lang={of.language} open>
      <summary>{of.note}</summary>
      <Prose text={of.text} lang={of.language} leads={leads} />
    </details>
  );
}
