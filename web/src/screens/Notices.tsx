import { Loading } from "../components/Loading";
import { Screen } from "../components/Screen";
import { moment, t } from "../i18n";
import { useNotices } from "../notices/useNotices";

/** Every notice about a background report, newest first. */
export default function Notices() {
  const { notices, failure, load } = useNotices();
  if (!notices) return <Loading failure={failure} onRetry={() => void load()} />;
  return (
    <Screen
      title={t("notices.title")}
      eyebrow={t("status.eyebrow")}
      lead={<p>{t(notices.items.length > 0 ? "notices.lead" : "notices.none")}</p>}
    >
      {notices.items.length > 0 && (
        <div className="card">
          <ul className="print-rows">
            {notices.items.map((notice) => (
              <li key={notice.notice_id}>
                <div>
                  <p className="row-title">{notice.title}</p>
                  <p className="fine">{t("notice.sent", { at: moment(notice.at) })}</p>
                </div>
                <a className="button button-secondary" href={`#/notices/${notice.notice_id}`}>
                  {t("notice.read")}
                  <span className="sr-only"> {notice.title}</span>
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
      <p>
        <a href="#/status">{t("print.back")}</a>
      </p>
    </Screen>
  );
}
