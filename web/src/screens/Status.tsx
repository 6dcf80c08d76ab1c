import { useEffect } from "react";
import type { Notice as PacketNotice, Packet, Stage } from "../api/answers";
import { Notice } from "../components/Notice";
import { Recruiter } from "../components/Recruiter";
import { Screen } from "../components/Screen";
import { day, hasMessage, moment, t } from "../i18n";
import { nextPlace, usePacket, useSession } from "../session";

const LOOK_EVERY_MS = 4000;
// Each look renews the session, so a page that nobody uses must stop looking for the idle session to end.
const LOOK_FOR_MS = 15 * 60_000;
const SEALED = new Set<string>([
  "SUBMITTED", "BACKGROUND_CHECK", "APPOINTING", "PROCESSED", "CERTIFICATION_OPEN", "ACTIVE", "CORRECTION_REQUESTED",
  "ADVERSE_REVIEW", "NEEDS_REVIEW", "REJECTED",
]); // prettier-ignore

/** The road ahead: what is done, what is under way, what to expect when. */
export default function Status() {
  const packet = usePacket();
  const { refresh } = useSession();

  useEffect(() => {
    let used = Date.now();
    const use = () => (used = Date.now());
    const signs = ["pointerdown", "pointermove", "keydown", "scroll"] as const;
    signs.forEach((sign) => addEventListener(sign, use, { passive: true }));
    const timer = setInterval(() => {
      const wanted = document.visibilityState === "visible" && Date.now() - used < LOOK_FOR_MS;
      if (wanted) void refresh().catch(() => undefined);
    }, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      signs.forEach((sign) => removeEventListener(sign, use));
    };
  }, [refresh]);

  const head = `status.${packet.status}.title`;
  const lead = `status.${packet.status}.text`;
  const toDo = ["INVITED", "IN_PROGRESS", "AWAITING_SIGNATURE", "CORRECTION_REQUESTED"].includes(packet.status);
  return (
    <Screen
      title={hasMessage(head) ? t(head) : t("status.title")}
      eyebrow={t("status.eyebrow")}
      lead={<p>{hasMessage(lead) ? t(lead) : t("status.text")}</p>}
    >
      {toDo && (
        <div className="actions">
          <a className="button button-primary" href={`#${nextPlace(packet)}`}>
            {t("status.goOn")}
          </a>
        </div>
      )}
      {(packet.notices ?? []).map((notice, index) => (
        <OneNotice key={index} notice={notice} />
      ))}
      <div className="card">
        <h2>{t("status.road")}</h2>
        <Timeline stages={packet.timeline} packet={packet} />
      </div>
      {SEALED.has(packet.status) && (
        <div className="card card-link">
          <div>
            <h2>{t("print.title")}</h2>
            <p>{t("print.teaser")}</p>
          </div>
          <a className="button button-secondary" href="#/print">
            {t("print.go")}
          </a>
        </div>
      )}
      <div className="card">
        <h2>{t("status.questions")}</h2>
        <p>{t("status.questions.text")}</p>
        <Recruiter person={packet.recruiter} />
      </div>
    </Screen>
  );
}

function OneNotice({ notice }: { notice: PacketNotice }) {
  if (!notice.text && !notice.title) return null;
  return (
    <Notice kind="warning" title={notice.title}>
      <p className="lines" lang="en">
        {notice.text}
      </p>
    </Notice>
  );
}

function Timeline({ stages, packet }: { stages: Stage[]; packet: Packet }) {
  const stopped = packet.status === "REJECTED";
  return (
    <ol className="timeline">
      {stages.map((stage) => {
        const name = `stage.${stage.stage}`;
        const note = `stage.${stage.stage}.${stage.state}`;
        return (
          <li
            key={stage.stage}
            className={`stage stage-${stage.state}`}
            aria-current={stage.state === "current" && !stopped ? "step" : undefined}
          >
            <span className="stage-mark" aria-hidden="true">
              {stage.state === "done" ? "✓" : ""}
            </span>
            <div>
              <p className="stage-name">
                {hasMessage(name) ? t(name) : stage.stage}
                <span className="sr-only"> – {t(`stage.state.${stage.state}`)}</span>
              </p>
              {stage.at && <p className="fine">{moment(stage.at)}</p>}
              {!stage.at && stage.expected_by && !stopped && (
                <p className="fine">{t("stage.expected", { day: day(stage.expected_by) })}</p>
              )}
              {hasMessage(note) && !stopped && <p>{t(note)}</p>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
