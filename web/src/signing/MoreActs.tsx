import { t } from "../i18n";

/** What else can be done than sign. `href` is the document's own address. */
export function MoreActs({ documentId, href }: { documentId: string; href: string }) {
  return (
    <details className="more">
      <summary>{t("sign.more")}</summary>
      <ul>
        <li>
          <a href="#/ended/later">{t("sign.later")}</a>
        </li>
        <li>
          <a href="#/signature">{t("sign.changeSignature")}</a>
        </li>
        <li>
          <a href={href} download={`${documentId}.pdf`}>
            {t("sign.download")}
          </a>
        </li>
        <li>
          <a href="#/paper">{t("paper.link")}</a>
        </li>
        <li>
          <a href="#/decline">{t("leave.decline")}</a>
        </li>
        <li>
          <a href="#/wrong-person">{t("leave.wrongPerson")}</a>
        </li>
        <li>
          <a href="#/withdraw-consent">{t("leave.withdrawConsent")}</a>
        </li>
      </ul>
    </details>
  );
}
