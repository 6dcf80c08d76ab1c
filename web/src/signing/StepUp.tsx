import { useState } from "react";
import type { Session } from "../api/types";
import { api, Problem } from "../api/client";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { TextInput } from "../components/inputs";
import { useAct } from "../components/useAct";
import { t } from "../i18n";
import { useSession } from "../session";

export const needsPassword = (error: unknown): boolean => error instanceof Problem && error.code === "step-up-required";

interface Props {
  onDone: () => void;
  onClose: () => void;
}

/** The password once more before something binding, if it was given too long ago. */
export function StepUp({ onDone, onClose }: Props) {
  const { secret } = useSession();
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string>();
  const { busy, failure, run } = useAct();
  const refuse = (why: string) => {
    setWrong(why);
    document.getElementById("step-up-password")?.focus();
  };
  const enter = async () => {
    if (password === "") return refuse(t("logIn.password.missing"));
    setWrong(undefined);
    await run(async () => {
      try {
        await api<Session>("POST", "/access/sessions", { body: { invitation: secret ?? "", password } });
      } catch (error) {
        if (!(error instanceof Problem && error.code === "invalid-credentials")) throw error;
        return refuse(t("stepUp.wrong"));
      }
      onDone();
    });
  };
  return (
    <Dialog title={t("stepUp.title")} onClose={onClose}>
      {secret ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) void enter();
          }}
        >
          <p>{t("stepUp.text")}</p>
          <TextInput
            id="step-up-password"
            label={t("logIn.password")}
            value={password}
            onText={setPassword}
            error={wrong ?? failure}
            hidden
            autoComplete="current-password"
          />
          <div className="actions">
            <Button type="submit" busy={busy}>
              {t("continue")}
            </Button>
            <Button kind="quiet" onClick={onClose}>
              {t("cancel")}
            </Button>
          </div>
        </form>
      ) : (
        <>
          <p>{t("stepUp.noLink")}</p>
          <div className="actions">
            <Button onClick={onClose}>{t("close")}</Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
