import { useState } from "react";
import { api } from "../api/client";
import { Button } from "../components/Button";
import { ErrorSummary } from "../components/ErrorSummary";
import { TextInput } from "../components/inputs";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useFormAct } from "../components/useAct";
import { carrier } from "../carrier";
import { hasMessage, t } from "../i18n";
import { passwordRules } from "../passwordRules";
import { go } from "../router";
import { nextPlace, useSession } from "../session";

const idOf = (path: string) => (path === "confirm_password" ? "confirm-password" : "new-password");

/** A password of one's own instead of the temporary one, its rules ticked off while typing. */
export function ChoosePassword() {
  const { refresh } = useSession();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const { busy, failure, errors, attempt, run, refuse } = useFormAct();
  const rules = passwordRules(password, carrier().password);

  const said = errors.map((error) => ({
    ...error,
    message: hasMessage(`password.${error.rule}`)
      ? t(`password.${error.rule}` as "password.too-short", carrierRules())
      : error.message,
  }));
  const errorAt = (id: string) =>
    said
      .filter((error) => idOf(error.field) === id)
      .map((error) => error.message)
      .join(" ") || undefined;

  const save = async () => {
    if (password !== again)
      return refuse([{ field: "confirm_password", rule: "mismatch", message: t("password.mismatch") }]);
    const done = await run(async () => {
      await api("PUT", "/access/password", { body: { new_password: password, confirm_password: again } });
    });
    if (done) go(nextPlace(await refresh()), { replace: true });
  };

  return (
    <Screen title={t("password.title")} lead={<p>{t("password.lead")}</p>}>
      <form
        className="card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void save();
        }}
      >
        <ErrorSummary errors={said} idOf={idOf} attempt={attempt} />
        {failure && (
          <Notice kind="error" live>
            <p>{failure}</p>
          </Notice>
        )}
        <ul className="rules" aria-label={t("password.rules")} id="password-rules">
          {rules.map(({ rule, met }) => (
            <li key={rule} className={met ? "met" : ""}>
              <span className="rule-mark" aria-hidden="true">
                {met ? "✓" : ""}
              </span>
              {t(`password.rule.${rule}`, carrierRules())}
              <span className="sr-only"> {met ? t("password.met") : t("password.unmet")}</span>
            </li>
          ))}
          <li>
            <span className="rule-mark rule-mark-later" aria-hidden="true" />
            {t("password.rule.uncommon")}
          </li>
        </ul>
        <TextInput
          id="new-password"
          label={t("password.new")}
          value={password}
          onText={setPassword}
          error={errorAt("new-password")}
          hidden
          autoComplete="new-password"
          autoCapitalize="none"
          spellCheck={false}
          width="medium"
        />
        <TextInput
          id="confirm-password"
          label={t("password.again")}
          value={again}
          onText={setAgain}
          error={errorAt("confirm-password")}
          hidden
          autoComplete="new-password"
          autoCapitalize="none"
          spellCheck={false}
          width="medium"
        />
        <div className="actions">
          <Button type="submit" busy={busy}>
            {t("password.save")}
          </Button>
        </div>
      </form>
    </Screen>
  );
}

const carrierRules = () => ({ n: carrier().password.minimum_length });
