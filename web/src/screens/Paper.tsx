import { useState } from "react";
import { api, newKey } from "../api/client";
import { Button } from "../components/Button";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { t } from "../i18n";
import { nextPlace, usePacket } from "../session";

/** Every document can be had on paper, free of charge; asking for it changes nothing else. */
export default function Paper() {
  const packet = usePacket();
  const [asked, setAsked] = useState(false);
  const [key] = useState(newKey);
  const { busy, failure, run } = useAct();
  const ask = () =>
    run(async () => {
      await api("POST", "/packet/paper-copies", { body: {}, key });
      setAsked(true);
    });
  return (
    <Screen title={t("paper.title")} lead={<p>{t("paper.lead")}</p>}>
      {failure && (
        <Notice kind="error" live>
          <p>{failure}</p>
        </Notice>
      )}
      {asked && (
        <Notice kind="success" live>
          <p>{t("paper.asked")}</p>
        </Notice>
      )}
      <div className="card actions">
        {!asked && (
          <Button busy={busy} onClick={() => void ask()}>
            {t("paper.button")}
          </Button>
        )}
        <a className="button button-secondary" href={`#${nextPlace(packet)}`}>
          {t("back")}
        </a>
      </div>
    </Screen>
  );
}
