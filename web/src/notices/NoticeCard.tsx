import type { Notices, PacketStatus } from "../api/types";
import { moment, t } from "../i18n";
import { disputeOf } from "./standing";

interface Props {
  notices: Notices | undefined;
  status: PacketStatus;
  /** Whether it is what the person should do now. */
  pressing: boolean;
}

/** Leads from the status to the newest notice. Without the list, which may not have come, it leads to the list. */
export function NoticeCard({ notices, status, pressing }: Props) {
  const [newest, ...others] = notices?.items ?? [];
  const disputed = notices && disputeOf(notices, status) === "open" ? notices.disputed_at : null;
  return (
    <div className="card card-link">
      <div>
        <h2>{t(`notice.card.${newest?.kind ?? "pre-adverse"}`)}</h2>
        {newest && <p>{t("notice.sent", { at: moment(newest.at) })}</p>}
        {disputed && <p>{t("dispute.open", { at: moment(disputed) })}</p>}
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
