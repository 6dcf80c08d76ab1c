import type { SigningDocument, SigningField } from "../api/types";
import { Button } from "../components/Button";
import { Reading } from "../components/Prose";
import { Notice } from "../components/Notice";
import { t } from "../i18n";
import { lineId, listedId, verb } from "./line";

interface Props {
  document: SigningDocument;
  own: boolean;
  name: string;
  busy: string | undefined;
  onSign: (field: SigningField) => void;
}

/** The same lines as a list, for the text version and for acts whose statement has to stand beside the button. */
export function Lines({ document, own, name, busy, onSign }: Props) {
  const lines = document.fields.filter((field) => field.kind !== "date");
  if (lines.length === 0)
    return (
      <Notice>
        <p>{t(document.mode === "print-only" ? "sign.printOnly" : "sign.toRead")}</p>
      </Notice>
    );
  return (
    <section className={own ? "card act act-own" : "card act"} aria-labelledby="act-title">
      <h2 id="act-title">{own ? t("sign.ownAct") : t("sign.lines")}</h2>
      {document.statement && (
        <p className="statement lines" lang="en">
          {document.statement}
        </p>
      )}
      <Reading of={document.reading} />
      {own && <p>{t("sign.ownAct.name", { name })}</p>}
      <ul className="line-list">
        {lines.map((field) => {
          const here = own || field.kind === "acknowledge";
          return (
            <li key={field.field_id}>
              <span>
                <span lang="en">{field.label}</span>{" "}
                <span className="fine">
                  {t("sign.onPage", { n: field.page })} {!field.required && t("optional")}
                </span>
              </span>
              {field.signed_at ? (
                <span className="badge badge-valid">{t("sign.state.done")}</span>
              ) : (
                <Button
                  id={here ? lineId(field) : listedId(field)}
                  kind={here && field.required ? "primary" : "secondary"}
                  busy={busy === field.field_id}
                  onClick={() => onSign(field)}
                >
                  {own && field.kind === "signature"
                    ? t("sign.ownAct.button")
                    : field.required
                      ? verb(field)
                      : t("sign.mark")}
                  <span className="sr-only"> {field.label}</span>
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
