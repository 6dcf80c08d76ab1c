import { useEffect, useState, type ReactNode } from "react";
import { carrier } from "../carrier";
import { currentLanguage, t } from "../i18n";
import { useSession } from "../session";
import { RemindersSwitch } from "./RemindersSwitch";
import { SessionGuard } from "./SessionGuard";
import { leave } from "./leave";
import { dial } from "./phone";

const NAMES = { en: "English", es: "Español" };

/** What surrounds every screen: who speaks, the language, the way out, whom to ask. */
export function Frame({ children }: { children: ReactNode }) {
  const { standing, left, chooseLanguage } = useSession();
  const { name, logo, contact, languages } = carrier();
  const inside = standing === "signed-in" || standing === "must-change";
  const [stillIn, setStillIn] = useState(false);
  const logOut = async () => {
    setStillIn(!(await leave(left)));
  };
  return (
    <>
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>("h1")?.focus();
        }}
      >
        {t("skip")}
      </a>
      <header className="top">
        <div className="top-inner">
          <span className="brand">
            {logo && <img src={`/${logo}`} alt="" width="36" height="36" />}
            <span>
              <strong>{name}</strong>
              <span className="brand-sub">{t("product")}</span>
            </span>
          </span>
          <span className="top-actions">
            {languages.length > 1 &&
              languages
                .filter((language) => language !== currentLanguage())
                .map((language) => (
                  <button
                    key={language}
                    type="button"
                    className="text-button"
                    lang={language}
                    onClick={() => void chooseLanguage(language)}
                  >
                    {NAMES[language]}
                  </button>
                ))}
            {inside && (
              <button type="button" className="text-button" onClick={() => void logOut()}>
                {t("logOut")}
              </button>
            )}
          </span>
        </div>
      </header>
      <OfflineBar />
      <div role="alert">{stillIn && inside && <p className="offline-bar">{t("logOut.failed")}</p>}</div>
      <main id="main">{children}</main>
      <footer className="bottom">
        <div className="bottom-inner">
          <p>
            <strong>{t("help.title")}</strong> {t("help.text")}
          </p>
          <p>
            <a href={dial(contact.phone)}>{contact.phone}</a>
            <span aria-hidden="true"> · </span>
            <a href={`mailto:${contact.email}`}>{contact.email}</a>
            <br />
            {contact.hours[currentLanguage()] ?? contact.hours.en}
          </p>
          {standing === "signed-in" && <RemindersSwitch />}
        </div>
      </footer>
      {standing === "signed-in" && <SessionGuard />}
    </>
  );
}

function OfflineBar() {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return <div role="status">{online ? null : <p className="offline-bar">{t("offline.bar")}</p>}</div>;
}
