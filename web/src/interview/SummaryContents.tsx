import type { Packet, Summary } from "../api/types";
import { Notice } from "../components/Notice";
import { t } from "../i18n";
import { type Change, facts } from "./summary";

interface Props {
  packet: Packet;
  summary: Summary;
  /** Whether each section leads back to its answers. */
  editable: boolean;
}

/** Everything that the documents show, section by section. */
export function SummaryContents({ packet, summary, editable }: Props) {
  const sections = packet.sections.map(({ name, title }) => ({
    name,
    title,
    lines: summary.lines.filter((line) => line.section === name),
  }));
  return (
    <>
      {sections.map((section) => (
        <section key={section.name} className="card summary-section" aria-labelledby={`summary-${section.name}`}>
          <div className="summary-head">
            <h2 id={`summary-${section.name}`}>{section.title}</h2>
            {editable && (
              <a className="text-button" href={`#/interview/${section.name}`}>
                {t("edit")}
                <span className="sr-only">: {section.title}</span>
              </a>
            )}
          </div>
          <dl>
            {section.lines.map((line) => (
              <div key={line.field} className={line.label.length > 60 ? "line line-long" : "line"}>
                <dt>{line.label}</dt>
                <dd>{value(line.value)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <section className="card summary-section" aria-labelledby="summary-contract">
        <div className="summary-head">
          <h2 id="summary-contract">{t("summary.contract")}</h2>
        </div>
        <dl>
          {facts(summary).map((one) => (
            <div key={one.key} className="line">
              <dt>{one.label}</dt>
              <dd>{value(one.value)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

/** Said after a confirmation that came too late: what the summary shows otherwise by now. */
export function SummaryChanges({ changed }: { changed: Change[] }) {
  return (
    <Notice kind="warning" title={t("summary.changed")} live>
      <p>{t(changed.length > 0 ? "summary.changed.look" : "summary.changed.masked")}</p>
      <ul>
        {changed.map((one) => (
          <li key={one.key}>
            <span>{one.label}</span>: <del>{value(one.before)}</del> → <ins>{value(one.after)}</ins>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function value(text: string) {
  if (text === "") return <span className="blank">{t("blank")}</span>;
  if (text === "***") return <span className="masked-value">{t("question.answered")}</span>;
  return text;
}
