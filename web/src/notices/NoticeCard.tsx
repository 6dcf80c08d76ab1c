import type { Notices } from "../api/answers";
import { moment, t } from "../i18n";

/** Leads from the status to the newest notice. Without the list, which may not have come, it leads to the list. */
export function NoticeCard({ notices, pressing }: { notices: Notices | undefined; pressing: boolean }) {
  const [newest, ...others] = notices?.items ?? [];
  return (
    <div className="card card-link">
      <div>
        <h2>{t(`notice.card.${newest?.kind ?? "pre-adverse"}`)}</h2>
        {newest && <p>{t("notice.sent", { at: moment(newest.at) })}</p>}
        {others.length > 0 && (
          <p>
            <a href="#/notices">{t("notices.all", { n: others.length + 1 })}</a>
          </p>
        )}
      </div>
      <a
        className={pressing ? "button button-primary" : "button button-secondary"}
        href={newest ? `#/notices/${newest.notice_id}` : "#/notices"}
      >
        {t("notice.read")}
      </a>
    </div>
  );
}
