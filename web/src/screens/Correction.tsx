import { useState } from "react";
import { api, newKey } from "../api/client";
import { Button } from "../components/Button";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { moment, t } from "../i18n";
import { go } from "../router";
import { nextPlace, usePacket, useSession } from "../session";

/** What we were asked to have mended, section by section, and sending it in. */
export default function Correction() {
  const packet = usePacket();
  const { refresh } = useSession();
  const [key] = useState(newKey);
  const { busy, failure, run } = useAct();
  const { correction } = packet;
  const names = [...new Set((correction?.fields ?? []).map((one) => one.field.split(".")[0] ?? ""))];
  const sections = names.length > 0 ? packet.sections.filter((one) => names.includes(one.name)) : packet.sections;

  const send = () =>
    run(async () => {
      await api("POST", "/packet/summary/confirm", { key });
      go(nextPlace(await refresh()));
    });

  return (
    <Screen title={t("correction.title")} lead={<p>{t("correction.lead")}</p>}>
      {failure && (
        <Notice kind="error" live>
          <p>{failure}</p>
        </Notice>
      )}
      <div className="card">
        {correction && (
          <>
            <p className="statement lines" lang="en">
              {correction.reason}
            </p>
            <p className="fine">{t("correction.asked", { at: moment(correction.requested_at) })}</p>
          </>
        )}
        <h2>{t("correction.what")}</h2>
        <ul className="print-rows">
          {sections.map((section) => (
            <li key={section.name}>
              <div>
                <a href={`#/interview/${section.name}`} className="row-title" lang="en">
                  {section.title}
                </a>
                <ul className="plain" lang="en">
                  {(correction?.fields ?? [])
                    .filter((one) => one.field.startsWith(`${section.name}.`))
                    .map((one) => (
                      <li key={one.field}>{one.label}</li>
                    ))}
                </ul>
              </div>
              <a className="text-button" href={`#/interview/${section.name}`}>
                {t("edit")}
                <span className="sr-only"> {section.title}</span>
              </a>
            </li>
          ))}
        </ul>
      </div>
      <p>{t("correction.then")}</p>
      <div className="actions">
        <Button busy={busy} onClick={() => void send()}>
          {t("correction.send")}
        </Button>
        <a className="button button-quiet" href="#/status">
          {t("correction.status")}
        </a>
      </div>
    </Screen>
  );
}
