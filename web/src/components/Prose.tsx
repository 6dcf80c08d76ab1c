/** A text of the carrier: paragraphs between blank lines, each a paragraph. Its language is the packet's. */
export function Prose({ text, leads = false }: { text: string; leads?: boolean }) {
  return (
    <div className="prose" lang="en">
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
