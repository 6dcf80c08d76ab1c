import type { SigningDocument } from "../api/types";
import { useStrip } from "../components/useStrip";
import { t } from "../i18n";
import { open, required } from "./order";

interface Props {
  documents: SigningDocument[];
  current: SigningDocument;
}

/** Every document with what is still to be signed in it; each can be gone to. */
export function DocumentList({ documents, current }: Props) {
  const list = useStrip(current.document_id);
  const all = required(documents).length;
  const done = all - open(documents).length;
  return (
    <nav className="progress" aria-label={t("sign.documents")}>
      <p className="progress-count">{t("sign.progress", { done: done, all })}</p>
      <progress className="meter" max={all} value={done} aria-label={t("sign.documents")}>
        {Math.round((done / Math.max(1, all)) * 100)} %
      </progress>
      <ol ref={list}>
        {documents.map((one) => {
          const toDo = open([one]).length;
          const acts = required([one]).length > 0;
          return (
            <li key={one.document_id}>
              <a href={`#/sign/${one.document_id}`} aria-current={one === current ? "true" : undefined}>
                <span className={acts && toDo === 0 ? "dot dot-done" : "dot"} aria-hidden="true">
                  {acts ? (toDo === 0 ? "✓" : toDo) : "i"}
                </span>
                <span>{one.title}</span>
                <span className="sr-only">
                  {" "}
                  {acts
                    ? toDo === 0
                      ? t("sign.state.done")
                      : t("sign.state.open", { n: toDo })
                    : t("sign.state.read")}
                </span>
              </a>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
