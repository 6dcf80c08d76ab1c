import type { Reminders } from "../api/types";
import { api } from "../api/client";
import { t } from "../i18n";
import { useSession } from "../session";
import { useAct } from "./useAct";

/** Whether the agent is reminded of what is left to do, and the way to change it. */
export function RemindersSwitch() {
  const { packet, refresh } = useSession();
  const { busy, failure, run } = useAct();
  if (!packet) return null;
  const { on } = packet.reminders;
  const change = () =>
    run(async () => {
      await api<Reminders>("PUT", "/packet/reminders", { body: { on: !on } });
      await refresh();
    });
  return (
    <p>
      <span role="status">{failure ?? t(on ? "reminders.on" : "reminders.off")}</span>{" "}
      <button type="button" className="text-button" disabled={busy} onClick={() => void change()}>
        {t(on ? "reminders.stop" : "reminders.resume")}
      </button>
    </p>
  );
}
