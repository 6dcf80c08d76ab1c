import { useEffect } from "react";
import { Problem } from "../api/client";
import { Button } from "../components/Button";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { moment, t } from "../i18n";
import { sectionsAsked } from "../interview/correction";
import { SummaryChanges, SummaryContents } from "../interview/SummaryContents";
import { useSummary } from "../interview/useSummary";
import { go } from "../router";
import { nextPlace, usePacket, useSession } from "../session";

/** What we were asked to have mended, section by section, and sending it in. */
export default function Correction() {
  const packet = usePacket();
  const { refresh } = useSession();
  const { summary, failure: unread, changed, load, confirm } = useSummary();
  const { busy, failure, run } = useAct();
  const correction = packet.status === "CORRECTION_REQUESTED" ? packet.correction : undefined;

  useEffect(() => {
    if (!correction) go(nextPlace(packet), { replace: true });
  }, [correction, packet]);
  if (!correction) return null;

  const open = correction.untouched.length;
  const send = () =>
    run(async () => {
      try {
        if (!(await confirm())) return;
      } catch (error) {
        if (error instanceof Problem && error.status === 409) await refresh();
        throw error;
      }
      go(nextPlace(await refresh()));
    });

  return (
    <Screen title={t("correction.title")} eyebrow={t("status.eyebrow")} lead={<p>{t("correction.lead")}</p>}>
      {failure && (
        <Notice kind="error" live>
          <p>{failure}</p>
        </Notice>
      )}
      <Notice kind="warning" title={t("correction.why")}>
        <p className="lines" lang="en">
          {correction.reason}
        </p>
        <p className="fine">{t("correction.asked", { at: moment(correction.requested_at) })}</p>
      </Notice>
      <div className="card">
        <h2>{t("correction.what")}</h2>
        <ul className="print-rows">
          {sectionsAsked(packet.sections, correction).map((section) => {
            const waits = correction.untouched.includes(section.name);
            return (
              <li key={section.name}>
                <div>
                  <p className="row-title">{section.title}</p>
                  <p>{section.labels.join(", ")}</p>
                  <span className={waits ? "badge badge-to-be-verified" : "badge badge-valid"}>
                    {t(waits ? "correction.waits" : "correction.done")}
                  </span>
                </div>
                <a
                  className={waits ? "button button-primary" : "button button-secondary"}
                  href={`#/interview/${section.name}`}
                >
                  {t(waits ? "correction.open" : "edit")}
                  <span className="sr-only"> {section.title}</span>
                </a>
              </li>
            );
          })}
        </ul>
      </div>
      {unread && (
        <Notice kind="error" live>
          <p>{unread}</p>
          <Button kind="quiet" onClick={() => void load()}>
            {t("tryAgain")}
          </Button>
        </Notice>
      )}
      {changed && <SummaryChanges changed={changed} />}
      {summary && (
        <details className="more" open={changed !== undefined}>
          <summary>{t("correction.all")}</summary>
          <SummaryContents packet={packet} summary={summary} editable={false} />
        </details>
      )}
      <p>{t("correction.then")}</p>
      <div className="actions">
        <Button busy={busy} disabled={open > 0 || !summary} onClick={() => void send()}>
          {busy ? t("summary.preparing") : t("correction.send")}
        </Button>
        <a className="button button-quiet" href="#/status">
          {t("correction.status")}
        </a>
      </div>
    </Screen>
  );
}
