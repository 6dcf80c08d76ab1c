import { useEffect } from "react";
import type { PacketStatus, Stage } from "../api/types";
import { Contact } from "../components/Contact";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { day, hasMessage, list, moment, t } from "../i18n";
import { NoticeCard } from "../notices/NoticeCard";
import { useNotices } from "../notices/useNotices";
import { nextPlace, usePacket, useSession } from "../session";

const LOOK_EVERY_MS = 4000;
// Each look renews the session, so a page that no one uses must stop looking for the idle session to end.
const LOOK_FOR_MS = 15 * 60_000;
const SEALED = new Set<string>([
  "SUBMITTED", "BACKGROUND_CHECK", "APPOINTING", "PROCESSED", "CERTIFICATION_OPEN", "ACTIVE", "CORRECTION_REQUESTED",
  "ADVERSE_REVIEW", "NEEDS_REVIEW", "REJECTED",
]); // prettier-ignore

/** The road ahead: what is done, what is under way, what to expect when. */
export default function Status() {
  const packet = usePacket();
  const { refresh } = useSession();
  const { notices } = useNotices(SEALED.has(packet.status));

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
  const whom = `status.${packet.status}.questions`;
  const toDo = ["INVITED", "IN_PROGRESS", "AWAITING_SIGNATURE", "CORRECTION_REQUESTED"].includes(packet.status);
  const weighed = packet.status === "ADVERSE_REVIEW";
  const pressing = weighed || packet.status === "REJECTED";
  const noticeCard = (weighed || (notices && notices.items.length > 0)) && (
    <NoticeCard notices={notices} status={packet.status} pressing={pressing} />
  );
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
      {pressing && noticeCard}
      <div className="card">
        <h2>{t(packet.status === "REJECTED" ? "status.road.ended" : "status.road")}</h2>
        <Timeline stages={packet.timeline} status={packet.status} timeZone={packet.time_zone} />
      </div>
      {!pressing && noticeCard}
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
        {hasMessage(whom) ? (
          <>
            <p>{t(whom)}</p>
            <Contact person={packet.carrier} />
          </>
        ) : (
          <>
            <p>{t("status.questions.text")}</p>
            <Contact person={packet.recruiter} />
          </>
        )}
      </div>
    </Screen>
  );
}

/** After the packet's end only what was done; while a report is weighed no one can say how long it takes. */
function Timeline({ stages, status, timeZone }: { stages: Stage[]; status: PacketStatus; timeZone: string }) {
  const shown = status === "REJECTED" ? stages.filter((stage) => stage.state === "done") : stages;
  const foretold = status !== "ADVERSE_REVIEW";
  return (
    <ol className="timeline">
      {shown.map((stage) => {
        const name = `stage.${stage.stage}`;
        const note = `stage.${stage.stage}.${stage.state}`;
        return (
          <li
            key={stage.stage}
            className={`stage stage-${stage.state}`}
            aria-current={stage.state === "current" ? "step" : undefined}
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
              {!stage.at && stage.expected_by && foretold && (
                <p className="fine">{t("stage.expected", { day: day(stage.expected_by, timeZone) })}</p>
              )}
              {stage.delay ? <Delay delay={stage.delay} /> : hasMessage(note) && foretold && <p>{t(note)}</p>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** Who is waited for, in the person's language if every name is known in it. */
function Delay({ delay }: { delay: NonNullable<Stage["delay"]> }) {
  const names = delay.waiting_for.map((vendor) => `delay.${vendor}`);
  const known = names.filter(hasMessage);
  return (
    <Notice kind="warning">
      {known.length === names.length ? (
        <p>{t("delay", { whom: list(known.map((name) => t(name))) })}</p>
      ) : (
        <p>{delay.message}</p>
      )}
    </Notice>
  );
}
