import { useEffect, useRef, useState } from "react";
import type { Session } from "../api/types";
import { api } from "../api/client";
import { t } from "../i18n";
import { useSession } from "../session";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { leave } from "./leave";

const WARN_SECONDS = 120;
const LOOK_EVERY_MS = 10_000;

/** Warns before an idle session ends (WCAG 2.2, 2.2.1), and lets the person go on with one press. */
export function SessionGuard() {
  const { left } = useSession();
  const [warned, setWarned] = useState(false);
  const lastCall = useRef(0);
  const idle = useRef(30 * 60);

  useEffect(() => {
    lastCall.current = Date.now();
    // Every answer of the API renews the session, so what counts is the last call, not the last key press.
    const observer = new PerformanceObserver((list) => {
      if (list.getEntries().some((entry) => new URL(entry.name).pathname.startsWith("/api/"))) {
        lastCall.current = Date.now();
        setWarned(false);
      }
    });
    observer.observe({ type: "resource" });
    const timer = setInterval(() => {
      const quiet = (Date.now() - lastCall.current) / 1000;
      setWarned(quiet > idle.current - WARN_SECONDS);
    }, LOOK_EVERY_MS);
    return () => {
      observer.disconnect();
      clearInterval(timer);
    };
  }, []);

  if (!warned) return null;
  const stay = async () => {
    const session = await api<Session>("GET", "/access/sessions/current").catch(() => undefined);
    if (session) idle.current = session.idle_seconds;
    lastCall.current = Date.now();
    setWarned(false);
  };
  return (
    <Dialog title={t("idle.title")} onClose={() => void stay()}>
      <p>{t("idle.text")}</p>
      <div className="actions">
        <Button onClick={() => void stay()}>{t("idle.stay")}</Button>
        <Button kind="secondary" onClick={() => void leave(left)}>
          {t("logOut")}
        </Button>
      </div>
    </Dialog>
  );
}
