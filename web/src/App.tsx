import { lazy, Suspense, useEffect, type ReactNode } from "react";
import { Broken } from "./components/Broken";
import { Frame } from "./components/Frame";
import { currentLanguage, t, useLanguage } from "./i18n";
import { isWhole, linkIn } from "./link";
import { go, match, usePlace } from "./router";
import { AgreementScreen } from "./screens/Agreement";
import { ChoosePassword } from "./screens/ChoosePassword";
import { Ended } from "./screens/Ended";
import { LogIn } from "./screens/LogIn";
import { IncompleteLink, NoLink, NotFound, Unreachable } from "./screens/Plain";
import { Start } from "./screens/Start";
import { StopReminders } from "./screens/StopReminders";
import { lapsed, nextPlace, SessionProvider, useSession } from "./session";

// What comes after the way in is loaded when it is needed; pdf.js only when a document is opened.
const Interview = lazy(() => import("./screens/Interview"));
const SummaryScreen = lazy(() => import("./screens/Summary"));
const ConsentScreen = lazy(() => import("./screens/Consent"));
const Adopt = lazy(() => import("./screens/Adopt"));
const Sign = lazy(() => import("./screens/Sign"));
const Status = lazy(() => import("./screens/Status"));
const Print = lazy(() => import("./screens/Print"));
const ReadDocument = lazy(() => import("./screens/ReadDocument"));
const Notices = lazy(() => import("./screens/Notices"));
const ReadNotice = lazy(() => import("./screens/ReadNotice"));
const Correction = lazy(() => import("./screens/Correction"));
const Paper = lazy(() => import("./screens/Paper"));
const Leave = lazy(() => import("./screens/Leave"));

type Route = [pattern: string, screen: (params: Record<string, string>) => ReactNode];

const INSIDE: Route[] = [
  ["/start", () => <Start />],
  ["/agreement", () => <AgreementScreen />],
  ["/interview/:section", ({ section }) => <Interview key={section} name={section ?? ""} />],
  ["/summary", () => <SummaryScreen />],
  ["/consent", () => <ConsentScreen />],
  ["/signature", () => <Adopt />],
  ["/sign", () => <Sign key="sign" />],
  ["/sign/:document", ({ document }) => <Sign key="sign" wanted={document} />],
  ["/status", () => <Status />],
  ["/print", () => <Print />],
  ["/print/:document", ({ document }) => <ReadDocument id={document ?? ""} />],
  ["/notices", () => <Notices />],
  ["/notices/:notice", ({ notice }) => <ReadNotice key={notice} id={notice ?? ""} />],
  ["/correction", () => <Correction />],
  ["/paper", () => <Paper />],
  ["/decline", () => <Leave how="decline" />],
  ["/wrong-person", () => <Leave how="wrong-person" />],
  ["/withdraw-consent", () => <Leave how="withdraw-consent" />],
];

const KEEP_WHAT_IS_TYPED = new Set(["/interview/:section", "/decline", "/wrong-person", "/withdraw-consent"]);

function Inside({ at }: { at: string }) {
  const { packet } = useSession();
  useEffect(() => {
    if (at === "/" && packet) go(nextPlace(packet), { replace: true });
  }, [at, packet]);
  if (at === "/") return <Looking />;
  for (const [pattern, screen] of INSIDE) {
    const params = match(pattern, at);
    // What a screen has read is in the packet's language: it is read again in another one. What is typed on these is kept.
    const read = KEEP_WHAT_IS_TYPED.has(pattern) ? "" : (packet?.language ?? currentLanguage());
    if (params)
      return (
        <Suspense key={read} fallback={<Looking />}>
          {screen(params)}
        </Suspense>
      );
  }
  return <NotFound />;
}

function Looking() {
  return (
    <div className="screen" role="status">
      <p className="waiting">
        <span className="spinner" aria-hidden="true" /> {t("loading")}
      </p>
    </div>
  );
}

function Page() {
  const at = usePlace();
  const { standing, packet, secret, keepSecret, interrupted } = useSession();
  const invited = match("/invitation/:secret", at) && linkIn(at);
  const link = invited && isWhole(invited) ? invited.secret : undefined;
  useEffect(() => {
    if (link) keepSecret(link);
  }, [link, keepSecret]);

  const ended = match("/ended/:why", at)?.why;
  if (ended) return <Ended why={ended} />;
  const stop = match("/reminders/:secret", at)?.secret;
  if (stop !== undefined) return <StopReminders key={stop} secret={stop} />;
  if (standing === "looking") return <Looking />;
  if (standing === "unreachable") return <Unreachable />;
  if (standing === "must-change" || (at === "/password" && standing === "signed-in")) return <ChoosePassword />;
  if (standing === "signed-out" && interrupted && packet && lapsed(packet)) return <Ended why="expired" />;
  if (link && standing !== "signed-in") return <LogIn secret={link} />;
  if (invited && !link && standing !== "signed-in") return <IncompleteLink />;
  if (standing === "signed-out") return secret ? <LogIn secret={secret} /> : <NoLink />;
  if (invited) return <GoOn />;
  return <Inside at={at} />;
}

/** The link was opened again while the session lives: go on where the packet stands. */
function GoOn() {
  const { packet } = useSession();
  useEffect(() => {
    if (packet) go(nextPlace(packet), { replace: true });
  }, [packet]);
  return <Looking />;
}

export function App() {
  useLanguage();
  const at = usePlace();
  return (
    <Broken at={at}>
      <SessionProvider>
        <Frame>
          <Broken at={at}>
            <Page />
          </Broken>
        </Frame>
      </SessionProvider>
    </Broken>
  );
}
