import { useEffect, useState } from "react";
import type { Agreement } from "../api/types";
import { api, Problem } from "../api/client";
import { Button } from "../components/Button";
import { ErrorSummary } from "../components/ErrorSummary";
import { Checkbox } from "../components/inputs";
import { Loading } from "../components/Loading";
import { Notice } from "../components/Notice";
import { Prose, Reading } from "../components/Prose";
import { Screen } from "../components/Screen";
import { useAct, useFormAct } from "../components/useAct";
import { moment, t } from "../i18n";
import { go } from "../router";
import { nextPlace, useSession } from "../session";

export function AgreementScreen() {
  const { refresh } = useSession();
  const [agreement, setAgreement] = useState<Agreement>();
  const [ticked, setTicked] = useState(false);
  const [changed, setChanged] = useState(false);
  const reading = useAct();
  const { busy, failure, errors, attempt, run, refuse } = useFormAct();
  const { run: read } = reading;

  useEffect(() => {
    void read(async () => setAgreement(await api<Agreement>("GET", "/packet/agreement")));
  }, [read]);

  if (!agreement) return <Loading failure={reading.failure} />;

  const accept = async () => {
    if (!ticked) return refuse([{ field: "agree", rule: "required", message: t("agreement.tick") }]);
    await run(async () => {
      try {
        await api("PUT", "/packet/agreement", { body: { version: agreement.version, accepted: true } });
      } catch (error) {
        if (!(error instanceof Problem && error.code === "stale-version")) throw error;
        setAgreement(await api<Agreement>("GET", "/packet/agreement"));
        setTicked(false);
        setChanged(true);
        return;
      }
      go(nextPlace(await refresh()));
    });
  };

  return (
    <Screen title={t("agreement.title")} lead={<p>{t("agreement.lead")}</p>}>
      {changed && (
        <Notice kind="warning" live>
          <p>{t("agreement.changed")}</p>
        </Notice>
      )}
      <ErrorSummary errors={errors} idOf={() => "agree"} attempt={attempt} />
      {failure && (
        <Notice kind="error" live>
          <p>{failure}</p>
        </Notice>
      )}
      <div className="card paper">
        <Prose text={agreement.text} />
        <Reading of={agreement.reading} />
        <p className="fine">{t("version", { version: agreement.version })}</p>
      </div>
      {agreement.accepted_at ? (
        <>
          <Notice kind="success">
            <p>{t("agreement.accepted", { at: moment(agreement.accepted_at) })}</p>
          </Notice>
          <div className="actions">
            <Button onClick={() => void refresh().then((packet) => go(nextPlace(packet)))}>{t("continue")}</Button>
          </div>
        </>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) void accept();
          }}
        >
          <Checkbox
            id="agree"
            label={t("agreement.agree")}
            checked={ticked}
            onTick={setTicked}
            error={errors[0]?.message}
          />
          <div className="actions">
            <Button type="submit" busy={busy}>
              {t("continue")}
            </Button>
            <a className="button button-quiet" href="#/wrong-person">
              {t("leave.wrongPerson")}
            </a>
          </div>
        </form>
      )}
    </Screen>
  );
}
