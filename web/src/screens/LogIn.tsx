import { useEffect, useRef, useState } from "react";
import type { Session } from "../api/types";
import { api, Problem } from "../api/client";
import { Button } from "../components/Button";
import { TextInput } from "../components/inputs";
import { Notice } from "../components/Notice";
import { Contact } from "../components/Contact";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { t } from "../i18n";
import { useSession } from "../session";

/** The way in: ask for a password by mail, or log in with the one at hand. Tells nothing about whether a link is good. */
export function LogIn({ secret }: { secret: string }) {
  const { entered, interrupted, packet } = useSession();
  const [asked, setAsked] = useState(false);
  const [known, setKnown] = useState(interrupted);
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const [refused, setRefused] = useState(false);
  const [waitUntil, setWaitUntil] = useState<number>();
  const asking = useAct();
  const entering = useAct();
  const field = useRef<HTMLDivElement>(null);
  const toField = () => field.current?.querySelector("input")?.focus();

  const ask = () =>
    asking.run(async () => {
      await api("POST", "/access/password-requests", { body: { invitation: secret } });
      setAsked(true);
      setKnown(true);
      setRefused(false);
    });

  const enter = async () => {
    setRefused(false);
    setMissing(password === "");
    if (password === "") return toField();
    await entering.run(async () => {
      try {
        await entered(await api<Session>("POST", "/access/sessions", { body: { invitation: secret, password } }));
      } catch (error) {
        if (error instanceof Problem && error.code === "invalid-credentials") {
          setRefused(true);
          // Whoever is quicker than the answer keeps what they have typed since.
          setPassword((typed) => (typed === password ? "" : typed));
          toField();
        } else if (error instanceof Problem && error.status === 429) {
          setWaitUntil(Date.now() + (error.retryAfter ?? 60) * 1000);
        } else throw error;
      }
    });
  };

  useEffect(() => {
    if (asked) toField();
  }, [asked]);

  return (
    <Screen
      title={interrupted ? t("logIn.again") : t("logIn.title")}
      lead={<p>{interrupted ? t("logIn.interrupted") : t("logIn.lead")}</p>}
    >
      {waitUntil !== undefined && <Locked until={waitUntil} onOver={() => setWaitUntil(undefined)} />}
      {!known && (
        <div className="two-ways">
          <section className="card" aria-labelledby="first-time">
            <h2 id="first-time">{t("logIn.first.title")}</h2>
            <p>{t("logIn.first.text")}</p>
            <Button busy={asking.busy} onClick={() => void ask()}>
              {t("logIn.first.button")}
            </Button>
          </section>
          <section className="card" aria-labelledby="been-here">
            <h2 id="been-here">{t("logIn.back.title")}</h2>
            <p>{t("logIn.back.text")}</p>
            <Button kind="secondary" onClick={() => setKnown(true)}>
              {t("logIn.back.button")}
            </Button>
          </section>
        </div>
      )}
      {asking.failure && (
        <Notice kind="error" live>
          <p>{asking.failure}</p>
        </Notice>
      )}
      {asked && (
        <Notice kind="success" title={t("logIn.sent.title")} live>
          <p>{t("logIn.sent.text")}</p>
          <p>{t("logIn.sent.none")}</p>
        </Notice>
      )}
      {known && (
        <form
          className="card"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!entering.busy) void enter();
          }}
        >
          {refused && (
            <Notice kind="error" title={t("logIn.refused.title")} live>
              <p>{t("logIn.refused.text")}</p>
              {packet && <Contact person={packet.recruiter} />}
            </Notice>
          )}
          {entering.failure && (
            <Notice kind="error" live>
              <p>{entering.failure}</p>
            </Notice>
          )}
          <div ref={field}>
            <TextInput
              id="password"
              label={asked ? t("logIn.temporary") : t("logIn.password")}
              hint={asked ? t("logIn.temporary.hint") : undefined}
              value={password}
              onText={(typed) => {
                setPassword(typed);
                setMissing(false);
              }}
              error={missing ? t("logIn.password.missing") : undefined}
              hidden
              autoComplete="current-password"
              autoCapitalize="none"
              spellCheck={false}
              width="medium"
            />
          </div>
          <div className="actions">
            <Button type="submit" busy={entering.busy}>
              {t("logIn.button")}
            </Button>
            <Button kind="quiet" busy={asking.busy} onClick={() => void ask()}>
              {asked ? t("logIn.sendAgain") : t("logIn.lost")}
            </Button>
          </div>
        </form>
      )}
      <p className="aside">{t("logIn.wrongPerson")}</p>
    </Screen>
  );
}

function Locked({ until, onOver }: { until: number; onOver: () => void }) {
  const [left, setLeft] = useState(() => Math.ceil((until - Date.now()) / 1000));
  useEffect(() => {
    const timer = setInterval(() => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      if (seconds <= 0) onOver();
      else setLeft(seconds);
    }, 1000);
    return () => clearInterval(timer);
  }, [until, onOver]);
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return (
    <Notice kind="warning" title={t("locked.title")} live>
      <p>
        {t("locked.text")} <span aria-hidden="true">{t("locked.left", { time })}</span>
      </p>
    </Notice>
  );
}
