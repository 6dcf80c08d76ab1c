import { useStrip } from "../components/useStrip";
import { t } from "../i18n";
import { usePacket } from "../session";

/** The sections with what is done; each can be gone to, because going back is always allowed. */
export function Progress({ current }: { current: string }) {
  const { sections } = usePacket();
  const list = useStrip(current);
  const done = sections.filter((section) => section.complete).length;
  return (
    <nav className="progress" aria-label={t("progress.label")}>
      <p className="progress-count">{t("progress.done", { done, all: sections.length })}</p>
      <div className="progress-bar" aria-hidden="true">
        {sections.map((section) => (
          <span key={section.name} className={section.complete ? "done" : section.name === current ? "here" : ""} />
        ))}
      </div>
      <ol ref={list}>
        {sections.map((section) => (
          <li key={section.name}>
            <a href={`#/interview/${section.name}`} aria-current={section.name === current ? "step" : undefined}>
              <span className={section.complete ? "dot dot-done" : "dot"} aria-hidden="true">
                {section.complete ? "✓" : ""}
              </span>
              <span className="progress-title">{section.title}</span>
              {section.complete && <span className="sr-only"> {t("progress.complete")}</span>}
            </a>
          </li>
        ))}
        <li>
          <a href="#/summary" aria-current={current === "summary" ? "step" : undefined}>
            <span className="dot" aria-hidden="true" />
            {t("summary.title")}
          </a>
        </li>
      </ol>
    </nav>
  );
}
