/** Screens that have little to do but say honestly how things stand. */
import { Button } from "../components/Button";
import { Screen } from "../components/Screen";
import { t } from "../i18n";
import { useSession } from "../session";

export function NoLink() {
  const { interrupted } = useSession();
  return (
    <Screen
      title={interrupted ? t("noLink.interrupted.title") : t("noLink.title")}
      lead={<p>{interrupted ? t("noLink.interrupted.lead") : t("noLink.lead")}</p>}
    >
      <div className="card">
        <ol className="steps">
          <li>{t("noLink.step1")}</li>
          <li>{t("noLink.step2")}</li>
          <li>{t("noLink.step3")}</li>
        </ol>
        <p>{t("noLink.lost")}</p>
      </div>
    </Screen>
  );
}

/** A link of which a part was lost leads nowhere, so no password is asked for with it. */
export function IncompleteLink() {
  return (
    <Screen title={t("incomplete.title")} lead={<p>{t("incomplete.lead")}</p>}>
      <div className="card">
        <ol className="steps">
          <li>{t("incomplete.step1")}</li>
          <li>{t("incomplete.step2")}</li>
          <li>{t("incomplete.step3")}</li>
        </ol>
        <p>{t("noLink.lost")}</p>
      </div>
    </Screen>
  );
}

export function Unreachable() {
  return (
    <Screen title={t("unreachable.title")} lead={<p>{t("unreachable.lead")}</p>}>
      <Button onClick={() => location.reload()}>{t("tryAgain")}</Button>
    </Screen>
  );
}

export function NotFound() {
  return (
    <Screen title={t("notFound.title")} lead={<p>{t("notFound.lead")}</p>}>
      <a className="button button-primary" href="#/">
        {t("notFound.go")}
      </a>
    </Screen>
  );
}
