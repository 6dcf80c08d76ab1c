import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import type { Consent, SignatureChoices } from "../api/types";
import { address, api, bytes, newKey, Problem } from "../api/client";
import { Button } from "../components/Button";
import { ErrorSummary } from "../components/ErrorSummary";
import { Checkbox, TextInput } from "../components/inputs";
import { Loading } from "../components/Loading";
import { Notice } from "../components/Notice";
import { Prose, Reading } from "../components/Prose";
import { Screen } from "../components/Screen";
import { useAct, useFormAct } from "../components/useAct";
import { t } from "../i18n";
import { go } from "../router";

const DocumentView = lazy(() => import("../signing/DocumentView"));

const idOf = (path: string) => (path === "access_code" ? "access-code" : "consent-box");

/** The disclosure, the proof that the person can open what we send, and the consent itself. */
export default function ConsentScreen() {
  const [consent, setConsent] = useState<Consent>();
  const [opened, setOpened] = useState(false);
  const [ticked, setTicked] = useState(false);
  const [code, setCode] = useState("");
  const [changed, setChanged] = useState(false);
  const reading = useAct();
  const { busy, failure, errors, attempt, run, refuse } = useFormAct();
  const { run: read } = reading;

  const load = useCallback(
    () =>
      read(async () => {
        const found = await api<Consent>("GET", "/packet/consent");
        if (!found.accepted_at) return setConsent(found);
        const { adopted } = await api<SignatureChoices>("GET", "/packet/signature");
        go(adopted ? "/sign" : "/signature", { replace: true });
      }),
    [read],
  );
  useEffect(() => void load(), [load]);
  const codePage = useCallback(() => bytes("/packet/consent/access-code"), []);

  if (!consent) return <Loading failure={reading.failure} onRetry={() => void load()} />;

  const give = async () => {
    const missing = [
      ...(ticked ? [] : [{ field: "consent", rule: "required", message: t("consent.tick.missing") }]),
      ...(code.trim() ? [] : [{ field: "access_code", rule: "required", message: t("consent.code.missing") }]),
    ];
    if (missing.length > 0) return refuse(missing);
    await run(async () => {
      try {
        await api("POST", "/packet/consent", {
          body: { disclosure_version: consent.disclosure_version, access_code: code },
          key: newKey(),
        });
      } catch (error) {
        if (!(error instanceof Problem && error.code === "stale-version")) throw error;
        setChanged(true);
        setTicked(false);
        await load();
        return;
      }
      go("/signature");
    });
  };
  const errorAt = (id: string) => errors.find((error) => idOf(error.field) === id)?.message;

  return (
    <Screen title={t("consent.title")} eyebrow={t("sign.eyebrow")} lead={<p>{t("consent.lead")}</p>}>
      {changed && (
        <Notice kind="warning" live>
          <p>{t("consent.changed")}</p>
        </Notice>
      )}
      <ErrorSummary errors={errors} idOf={idOf} attempt={attempt} />
      {failure && (
        <Notice kind="error" live>
          <p>{failure}</p>
        </Notice>
      )}
      <div className="card paper">
        <h2>{consent.title}</h2>
        <Prose text={consent.disclosure} leads />
        <Reading of={consent.reading} leads />
        <p className="fine">{t("version", { version: consent.disclosure_version })}</p>
      </div>
      <form
        className="card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void give();
        }}
      >
        <h2>{t("consent.proof")}</h2>
        <p>{t("consent.proof.text")}</p>
        {opened ? (
          <div className="code-page">
            <Suspense fallback={<p className="waiting">{t("loading")}</p>}>
              <DocumentView
                title={t("consent.document")}
                load={codePage}
                href={address("/packet/consent/access-code")}
              />
            </Suspense>
          </div>
        ) : (
          <Button kind="secondary" onClick={() => setOpened(true)}>
            {t("consent.open")}
          </Button>
        )}
        <TextInput
          id="access-code"
          label={t("consent.code")}
          value={code}
          onText={setCode}
          error={errorAt("access-code")}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          width="short"
        />
        <Checkbox
          id="consent-box"
          label={t("consent.tick")}
          checked={ticked}
          onTick={setTicked}
          error={errorAt("consent-box")}
        />
        <div className="actions">
          <Button type="submit" busy={busy}>
            {t("consent.give")}
          </Button>
          <a className="button button-quiet" href="#/decline">
            {t("leave.decline")}
          </a>
          <a className="button button-quiet" href="#/summary">
            {t("consent.back")}
          </a>
        </div>
      </form>
    </Screen>
  );
}
