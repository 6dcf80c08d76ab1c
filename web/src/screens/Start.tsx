import { Screen } from "../components/Screen";
import { day, t } from "../i18n";
import { usePacket } from "../session";

/** What lies ahead, what to have at hand, how to move about. */
export function Start() {
  const packet = usePacket();
  return (
    <Screen title={t("start.title")} lead={<p>{t("start.lead")}</p>}>
      <div className="card">
        <h2>{t("start.ahead")}</h2>
        <ol className="road">
          {(["answer", "check", "sign", "wait"] as const).map((step) => (
            <li key={step}>
              <strong>{t(`start.${step}.title`)}</strong>
              <span>{t(`start.${step}.text`)}</span>
            </li>
          ))}
        </ol>
      </div>
      <div className="card">
        <h2>{t("start.hand")}</h2>
        <ul className="plain">
          <li>{t("start.hand.ssn")}</li>
          <li>{t("start.hand.npn")}</li>
          <li>{t("start.hand.addresses")}</li>
          <li>{t("start.hand.papers")}</li>
        </ul>
        <h2>{t("start.moving")}</h2>
        <p>{t("start.moving.text", { until: day(packet.expires_on) })}</p>
      </div>
      <div className="actions">
        <a className="button button-primary" href="#/agreement">
          {t("continue")}
        </a>
      </div>
    </Screen>
  );
}
