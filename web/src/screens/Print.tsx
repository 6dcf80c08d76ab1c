import { useCallback, useEffect, useState } from "react";
import type { PrintRow } from "../api/types";
import { address, api } from "../api/client";
import { Loading } from "../components/Loading";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { t } from "../i18n";

/** Every sealed document, to read, to print and to keep. */
export default function Print() {
  const [rows, setRows] = useState<PrintRow[]>();
  const { failure, run } = useAct();
  const load = useCallback(() => run(async () => setRows(await api<PrintRow[]>("GET", "/packet/print"))), [run]);
  useEffect(() => void load(), [load]);
  if (!rows) return <Loading failure={failure} onRetry={() => void load()} />;
  return (
    <Screen title={t("print.title")} eyebrow={t("status.eyebrow")} lead={<p>{t("print.lead")}</p>} wide>
      <div className="actions">
        <a
          className="button button-primary"
          href={address("/packet/print/all", { query: { format: "pdf" } })}
          target="_blank"
          rel="noreferrer"
        >
          {t("print.together")}
        </a>
        <a className="button button-secondary" href={address("/packet/print/all")} download>
          {t("print.all")}
        </a>
        <a className="button button-secondary" href={address("/packet/evidence")} download>
          {t("print.evidence")}
        </a>
      </div>
      <div className="card">
        <ul className="print-rows">
          {rows.map((row) => (
            <li key={row.document_id}>
              <div>
                <a href={`#/print/${row.document_id}`} className="row-title">
                  {row.title}
                </a>
                <p className="fine">
                  {t(`kept.${row.mode}`)} · {row.pages === 1 ? t("pages.one") : t("pages.many", { n: row.pages })}
                </p>
                {row.instructions && <p className="instructions">{row.instructions}</p>}
              </div>
              <a
                className="text-button"
                href={address("/packet/documents/{document_id}/content", {
                  params: { document_id: row.document_id },
                  query: { version: "sealed" },
                })}
                target="_blank"
                rel="noreferrer"
              >
                {t("print.one")}
                <span className="sr-only"> {row.title}</span>
              </a>
            </li>
          ))}
        </ul>
      </div>
      <p className="aside">{t("print.note")}</p>
      <p>
        <a href="#/status">{t("print.back")}</a> · <a href="#/paper">{t("paper.link")}</a>
      </p>
    </Screen>
  );
}
