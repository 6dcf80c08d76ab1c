import { useState } from "react";
import { api } from "../api/client";
import { Button } from "../components/Button";
import { TextInput } from "../components/inputs";
import { Notice } from "../components/Notice";
import { useAct, useFormAct } from "../components/useAct";
import { t } from "../i18n";

/** Another address than the invitation's gets no letters before a code mailed to it is typed back. */
export function ConfirmEmail({ onConfirmed }: { onConfirmed: () => void }) {
  const [asked, setAsked] = useState(false);
  const [code, setCode] = useState("");
  const asking = useAct();
  const confirming = useFormAct();

  const ask = () =>
    asking.run(async () => {
      await api("POST", "/packet/email-confirmations");
      setAsked(true);
    });
  const confirm = () =>
    confirming.run(async () => {
      await api("PUT", "/packet/email-confirmations", { body: { code } });
      onConfirmed();
    });

  return (
    <section className="card" aria-labelledby="confirm-email-title">
      <h2 id="confirm-email-title">{t("email.title")}</h2>
      <p>{t("email.text")}</p>
      {(asking.failure ?? confirming.failure) && (
        <Notice kind="error" live>
          <p>{asking.failure ?? confirming.failure}</p>
        </Notice>
      )}
      <div className="actions">
        <Button kind="secondary" busy={asking.busy} onClick={() => void ask()}>
          {asked ? t("logIn.sendAgain") : t("email.ask")}
        </Button>
      </div>
      {asked && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!confirming.busy) void confirm();
          }}
        >
          <p role="status">{t("email.sent")}</p>
          <TextInput
            id="email-code"
            label={t("email.code")}
            value={code}
            onText={setCode}
            error={confirming.errors[0]?.message}
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            width="short"
          />
          <div className="actions">
            <Button type="submit" busy={confirming.busy}>
              {t("email.confirm")}
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}
