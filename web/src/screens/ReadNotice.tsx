import { useCallback, useEffect, useState } from "react";
import type { Enclosure } from "../api/types";
import { bytes } from "../api/client";
import { Loading } from "../components/Loading";
import { Prose } from "../components/Prose";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { moment, t } from "../i18n";
import { Dispute } from "../notices/Dispute";
import { withoutTitle } from "../notices/standing";
import { useNotices } from "../notices/useNotices";
import { NotFound } from "./Plain";

/** One notice: its words, what comes with it, and how to dispute the report. */
export default function ReadNotice({ id }: { id: string }) {
  const { notices, failure, load } = useNotices();
  const [text, setText] = useState<string>();
  const reading = useAct();
  const { run } = reading;
  const notice = notices?.items.find((one) => one.notice_id === id);
  const found = notice !== undefined;
  const read = useCallback(
    () =>
      run(async () => {
        const content = await bytes("/packet/notices/{notice_id}/content", { params: { notice_id: id } });
        setText(new TextDecoder().decode(content));
      }),
    [id, run],
  );
  useEffect(() => {
    if (found) void read();
  }, [found, read]);

  if (notices && !notice) return <NotFound />;
  if (!notices || !notice || text === undefined)
    return <Loading failure={failure ?? reading.failure} onRetry={() => void (notice ? read() : load())} />;
  return (
    <Screen
      title={notice.title}
      titleLanguage="en"
      eyebrow={t("notice.eyebrow")}
      lead={<p>{t("notice.sent", { at: moment(notice.at) })}</p>}
    >
      <div className="card">
        <Prose text={withoutTitle(text, notice.title)} />
      </div>
      {notice.enclosures.length > 0 && (
        <section className="card" aria-labelledby="enclosures-title">
          <h2 id="enclosures-title">{t("notice.enclosures")}</h2>
          <ul className="print-rows">
            {notice.enclosures.map((one) => (
              <EnclosureRow key={one.title} enclosure={one} />
            ))}
          </ul>
        </section>
      )}
      <Dispute noticeId={id} notices={notices} onChange={load} />
      <p>
        <a href="#/notices">{t("notices.title")}</a> · <a href="#/status">{t("print.back")}</a>
      </p>
    </Screen>
  );
}

function EnclosureRow({ enclosure }: { enclosure: Enclosure }) {
  return (
    <li>
      <div>
        <a
          className="row-title"

          href={enclosure.view ? `/api${enclosure.view}` : (enclosure.url ?? undefined)}
          target="_blank"
          rel="noreferrer"
        >
          {enclosure.title}
        </a>
        <p className="fine">{t(enclosure.view ? "notice.enclosure.pdf" : "notice.enclosure.page")}</p>
      </div>
    </li>
  );
}
