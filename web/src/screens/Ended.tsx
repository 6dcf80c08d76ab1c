import { Contact } from "../components/Contact";
import { Screen } from "../components/Screen";
import { carrier } from "../carrier";
import { hasMessage, t } from "../i18n";
import { useSession } from "../session";

/** Where a road ends: left for now, declined, expired, withdrawn, rejected. Says what that means and whom to ask. */
export function Ended({ why }: { why: string }) {
  const { secret, packet } = useSession();
  const known = hasMessage(`ended.${why}.title`) ? why : "left";
  const title = `ended.${known}.title` as "ended.left.title";
  const text = `ended.${known}.text` as "ended.left.text";
  const next = `ended.${known}.next` as "ended.left.next";
  return (
    <Screen title={t(title)} lead={<p>{t(text)}</p>}>
      <div className="card">
        <p>{t(next, { phone: carrier().contact.phone, email: carrier().contact.email })}</p>
        {packet && (
          <>
            <h2>{t("ended.recruiter")}</h2>
            <Contact person={packet.recruiter} />
          </>
        )}
        {known === "left" && secret && (
          <a className="button button-secondary" href={`#/invitation/${encodeURIComponent(secret)}`}>
            {t("ended.left.back")}
          </a>
        )}
      </div>
    </Screen>
  );
}
