import { useCallback, useEffect, useState } from "react";
import type { PrintRow } from "../api/types";
import { address, api, bytes } from "../api/client";
import { Screen } from "../components/Screen";
import { t } from "../i18n";
import DocumentView from "../signing/DocumentView";

/** One sealed document, with the marks in it. */
export default function ReadDocument({ id }: { id: string }) {
  const [title, setTitle] = useState<string>();
  useEffect(() => {
    api<PrintRow[]>("GET", "/packet/print")
      .then((rows) => setTitle(rows.find((row) => row.document_id === id)?.title))
      .catch(() => undefined);
  }, [id]);
  const call = { params: { document_id: id }, query: { version: "sealed" } };
  const load = useCallback(
    () =>
      bytes("/packet/documents/{document_id}/content", { params: { document_id: id }, query: { version: "sealed" } }),
    [id],
  );
  return (
    <Screen title={title ?? t("document.title")} titleLanguage={title ? "en" : undefined} wide>
      <p>
        <a href="#/print">{t("print.toList")}</a>
      </p>
      <DocumentView
        title={title ?? t("document.title")}
        load={load}
        href={address("/packet/documents/{document_id}/content", call)}
      />
    </Screen>
  );
}
