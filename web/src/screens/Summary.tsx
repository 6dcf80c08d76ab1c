import { useCallback, useEffect, useState } from "react";
import type { Summary } from "../api/types";
import { api, newKey } from "../api/client";
import { Button } from "../components/Button";
import { Loading } from "../components/Loading";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { t } from "../i18n";
import { Progress } from "../interview/Progress";
import { go } from "../router";
import { usePacket, useSession } from "../session";

/** Everything entered, sensitive values masked; confirming freezes the answers and prepares the documents. */
export default function SummaryScreen() {
  const packet = usePacket();
  const { refresh } = useSession();
  const [summary, setSummary] = useState<Summary>();
  const [key] = useState(newKey);
  const reading = useAct();
  const { busy, failure, run } = useAct();
  const { run: read } = reading;

  const load = useCallback(() => read(async () => setSummary(await api<Summary>("GET", "/packet/summary"))), [read]);
  useEffect(() => void load(), [load]);

  useEffect(() => {
    if (packet.status === "CORRECTION_REQUESTED") go("/correction", { replace: true });
  }, [packet.status]);

  if (!summary) return <Loading failure={reading.failure} onRetry={() => void load()} />;

  const titles = new Map(packet.sections.map((section) => [section.name, section.title]));
  const sections = [...titles.keys()].map((name) => ({
    name,
    title: titles.get(name) ?? name,
    lines: summary.lines.filter((line) => line.section === name),
    open: summary.incomplete.includes(name),
  }));
  const editable = summary.status === "IN_PROGRESS";

  const confirm = () =>
    run(async () => {
      await api("POST", "/packet/summary/confirm", { key });
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
        {summary.incomplete.length > 0 && (
          <Notice kind="warning" title={t("summary.incomplete")}>
            <ul>
              {summary.incomplete.map((name) => (
                <li key={name}>
                  <a href={`#/interview/${name}`} lang="en">
                    {titles.get(name) ?? name}
                  </a>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {sections.map((section) => (
          <section key={section.name} className="card summary-section" aria-labelledby={`summary-${section.name}`}>
            <div className="summary-head">
              <h2 id={`summary-${section.name}`} lang="en">
                {section.title}
              </h2>
              {editable && (
                <a className="text-button" href={`#/interview/${section.name}`}>
                  {t("edit")}
                  <span className="sr-only">: {section.title}</span>
                </a>
              )}
            </div>
            <dl lang="en">
              {section.lines.map((line) => (
                <div key={line.field} className={line.label.length > 60 ? "line line-long" : "line"}>
                  <dt>{line.label}</dt>
                  <dd>{value(line.value)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <div className="actions">
          {editable ? (
            <>
              <Button busy={busy} disabled={summary.incomplete.length > 0} onClick={() => void confirm()}>
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

function value(text: string) {
  if (text === "") return <span className="blank">{t("blank")}</span>;
  if (text === "***") return <span className="masked-value">{t("question.answered")}</span>;
  return text;
}
