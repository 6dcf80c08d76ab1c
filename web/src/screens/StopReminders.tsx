import { useState } from "react";
import type { Reminders } from "../api/types";
import { api } from "../api/client";
import { Button } from "../components/Button";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { t } from "../i18n";
import { SECRET_LENGTH } from "../link";

/** Where the link of a reminder leads. Only the button stops anything: programs follow links. */
export function StopReminders({ secret }: { secret: string }) {
  const [found, setFound] = useState<Reminders>();
  const { busy, failure, run } = useAct();
  const stop = () =>
    run(async () => setFound(await api<Reminders>("POST", "/reminder-stops", { query: { token: secret } })));

  if (secret.length < SECRET_LENGTH)
    return <Screen title={t("incomplete.title")} lead={<p>{t("stopReminders.incomplete")}</p>} />;
  if (found)
    return (
      <Screen
        title={t(found.on ? "stopReminders.used" : "stopReminders.done")}
        lead={<p>{t(found.on ? "stopReminders.used.lead" : "stopReminders.done.lead")}</p>}
      />
    );
  return (
    <Screen title={t("stopReminders.title")} lead={<p>{t("stopReminders.lead")}</p>}>
      {failure && (
        <Notice kind="error" live>
          <p>{failure}</p>
        </Notice>
      )}
      <div className="actions">
        <Button busy={busy} onClick={() => void stop()}>
          {t("stopReminders.button")}
        </Button>
      </div>
    </Screen>
  );
}
