/** Who is signed in and where their packet stands. Nothing anyone entered is stored. */
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { Packet, PacketStatus, Session } from "./api/types";
import { store, stored } from "./browserStorage";
import { api, onSessionProblem, Problem } from "./api/client";
import type { Language } from "./carrier";
import { agree, choose } from "./i18n";
import { forgetTyped } from "./unsaved";
import { go, keepLink, linkSecret, place } from "./router";

export type Standing = "looking" | "signed-out" | "must-change" | "signed-in" | "unreachable";

interface Known {
  standing: Standing;
  packet: Packet | undefined;
  /** The secret of the link this page was opened with, if it was. */
  secret: string | undefined;
  /** A session was there and has ended, so that the log-in screen can say so. */
  interrupted: boolean;
  keepSecret(secret: string): void;
  /** Read the packet again. Throws what the call throws. */
  refresh(): Promise<Packet>;
  entered(session: Session): Promise<void>;
  /** Speak this language, and have the packet's answers and mails in it. */
  chooseLanguage(language: Language): Promise<void>;
  /** The packet has ended or the person has left: forget the session and show `to`. */
  left(to: string): void;
}

const Context = createContext<Known | undefined>(undefined);
const RETURN_TO = "return-to";

export function useSession(): Known {
  const known = useContext(Context);
  if (!known) throw new Error("no session provider");
  return known;
}

/** The packet of a signed-in agent. */
export function usePacket(): Packet {
  const { packet } = useSession();
  if (!packet) throw new Error("no packet is loaded");
  return packet;
}

const AWAITING_LOG_IN = /^\/($|invitation(\/|$)|reminders\/|password$|ended\/)/;

/** Where the agent goes on: the first thing that is not done. */
export function nextPlace(packet: Packet): string {
  // Whoever answered before needs no introduction, only the new text.
  if (!packet.agreement_accepted) return packet.sections.some((one) => one.version > 0) ? "/agreement" : "/start";
  if (packet.status === "CORRECTION_REQUESTED") return "/correction";
  if (packet.status === "IN_PROGRESS" || packet.status === "INVITED") {
    const open = packet.sections.find((section) => !section.complete);
    return open ? `/interview/${open.name}` : "/summary";
  }
  if (packet.status === "AWAITING_SIGNATURE") return "/consent";
  return "/status";
}

const BEFORE_SUBMISSION: readonly PacketStatus[] = ["INVITED", "IN_PROGRESS", "AWAITING_SIGNATURE"];

/** Whether the time for completing a packet is over; a correction has none. Only a page that knows the packet can tell. */
export const lapsed = (packet: Packet): boolean =>
  !packet.correction && BEFORE_SUBMISSION.includes(packet.status) && Date.parse(packet.expires_at) <= Date.now();

/** Only the screen's place is kept for the way back, never anything someone entered. */
const rememberPlace = () => {
  if (!AWAITING_LOG_IN.test(place())) store("sessionStorage", RETURN_TO, place());
};

const takePlace = (): string | undefined => {
  const kept = stored("sessionStorage", RETURN_TO);
  store("sessionStorage", RETURN_TO);
  return kept;
};

const tellLanguage = (language: Language) => api("PUT", "/packet/language", { body: { language } });

/** The packet in the language of the screen. One that cannot be told the language now is told with the next reading. */
async function readPacket(): Promise<Packet> {
  const packet = await api<Packet>("GET", "/packet");
  const changed = await agree(packet.language, tellLanguage).catch(() => false);
  return changed ? api<Packet>("GET", "/packet") : packet;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [standing, setStanding] = useState<Standing>("looking");
  const [packet, setPacket] = useState<Packet>();
  const [secret, setSecret] = useState(linkSecret);
  const [interrupted, setInterrupted] = useState(false);
  const wasIn = useRef(false);

  const keepSecret = useCallback((found: string) => {
    keepLink(found);
    setSecret(found);
  }, []);

  const know = useCallback((found: Packet) => {
    wasIn.current = true;
    setPacket(found);
    setStanding("signed-in");
    return found;
  }, []);
  const refresh = useCallback(async () => know(await readPacket()), [know]);

  useEffect(
    () =>
      onSessionProblem((problem) => {
        if (problem.code === "agreement-required") return go("/agreement", { replace: true });
        if (problem.code === "password-change-required") {
          setStanding("must-change");
          return go("/password", { replace: true });
        }
        // Several calls may be refused at once, and the first of them has said it all.
        if (wasIn.current) setInterrupted(true);
        wasIn.current = false;
        rememberPlace();
        setStanding("signed-out");
      }),
    [],
  );

  useEffect(() => {
    readPacket().then(know, (error: unknown) => {
      // What concerns the session arrives at the listener above.
      if (!(error instanceof Problem) || error.status >= 500) setStanding("unreachable");
    });
  }, [know]);

  const known = useMemo<Known>(
    () => ({
      standing,
      packet,
      secret,
      interrupted,
      keepSecret,
      refresh,
      async entered(session) {
        setInterrupted(false);
        if (session.must_change_password) {
          await agree(session.language, tellLanguage).catch(() => false);
          setStanding("must-change");
          go("/password", { replace: true });
          return;
        }
        const found = await refresh();
        go(found.agreement_accepted ? (takePlace() ?? nextPlace(found)) : nextPlace(found), { replace: true });
      },
      async chooseLanguage(language) {
        await choose(language);
        if (standing === "signed-in") await refresh().catch(() => undefined);
        if (standing === "must-change") await agree(null, tellLanguage).catch(() => undefined);
      },
      left(to) {
        wasIn.current = false;
        forgetTyped();
        setInterrupted(false);
        store("sessionStorage", RETURN_TO);
        go(to, { replace: true });
        setPacket(undefined);
        setStanding("signed-out");
      },
    }),
    [standing, packet, secret, interrupted, keepSecret, refresh],
  );

  return <Context.Provider value={known}>{children}</Context.Provider>;
}
