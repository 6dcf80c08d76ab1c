import { useEffect } from "react";
import { api } from "../api/client";
import { Button } from "../components/Button";
import { Loading } from "../components/Loading";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { t } from "../i18n";
import { Progress } from "../interview/Progress";
import { SummaryChanges, SummaryContents } from "../interview/SummaryContents";
import { useSummary } from "../interview/useSummary";
import { go } from "../router";
import { usePacket, useSession } from "../session";

/** Everything entered, sensitive values masked; confirming freezes the answers and prepares the documents. */
export default function SummaryScreen() {
  const packet = usePacket();
  const { refresh } = useSession();
  const { summary, failure: unread, changed, load, confirm } = useSummary();
  const { busy, failure, run } = useAct();

  useEffect(() => {
    if (packet.status === "CORRECTION_REQUESTED") go("/correction", { replace: true });
  }, [packet.status]);

  if (!summary) return <Loading failure={unread} onRetry={() => void load()} />;

  const titles = new Map(packet.sections.map((section) => [section.name, section.title]));
  const editable = summary.status === "IN_PROGRESS";

  const sign = () =>
    run(async () => {
      if (!(await confirm())) return;
      await refresh();
      go("/consent");
    });
  const reopen = () =>
    run(async () => {
      await api("POST", "/packet/summary/reopen");
      const found = await refresh();
      if (found.status === "CORRECTION_REQUESTED") return go("/correction");
      await load();
    });

  return (
    <div className="with-progress">
      <Progress current="summary" />
      <Screen title={t("summary.title")} lead={<p>{editable ? t("summary.lead") : t("summary.confirmed")}</p>}>
        {failure && (
          <Notice kind="error" live>
            <p>{failure}</p>
          </Notice>
        )}
        {changed && <SummaryChanges changed={changed} />}
        {summary.incomplete.length > 0 && (
          <Notice kind="warning" title={t("summary.incomplete")}>
            <ul>
              {summary.incomplete.map((name) => (
                <li key={name}>
                  <a href={`#/interview/${name}`}>{titles.get(name) ?? name}</a>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        <SummaryContents packet={packet} summary={summary} editable={editable} />
        <div className="actions">
          {editable ? (
            <>
              <Button busy={busy} disabled={summary.incomplete.length > 0} onClick={() => void sign()}>
                {busy ? t("summary.preparing") : t("summary.confirm")}
              </Button>
              <p className="saving">{t("summary.confirm.hint")}</p>
            </>
          ) : (
            <>
              <Button onClick={() => go("/consent")}>{t("continue")}</Button>
              {packet.status === "AWAITING_SIGNATURE" && (
                <Button kind="quiet" busy={busy} onClick={() => void reopen()}>
                  {t("summary.reopen")}
                </Button>
              )}
            </>
          )}
        </div>
      </Screen>
    </div>
  );
}
