import { useCallback, useEffect, useRef, useState } from "react";
import type { SignatureChoices, SigningDocument, SigningField } from "../api/types";
import { api, newKey, Problem } from "../api/client";
import { useAct } from "../components/useAct";
import { t } from "../i18n";
import { go } from "../router";
import { nextPlace, useSession } from "../session";
import { open, signed, type SignedAt } from "./order";
import { needsPassword } from "./StepUp";

type After = (documents: SigningDocument[]) => void;

interface Ceremony {
  documents: SigningDocument[] | undefined;
  choices: SignatureChoices | undefined;
  /** Why they could not be read. */
  unread: string | undefined;
  load: () => Promise<boolean>;
  /** Why an act was not done. */
  failure: string | undefined;
  /** What was done last, for screen readers. */
  said: string;
  /** The id of the field that is being signed. */
  signing: string | undefined;
  finishing: boolean;
  sign: (document: SigningDocument, field: SigningField, then: After) => Promise<boolean>;
  finish: () => Promise<boolean>;
  /** The act that waits for the password. */
  waiting: (() => void) | undefined;
  /** Put the waiting act away. */
  forget: () => void;
}

/** The documents to sign, and the acts of signing them. */
export function useCeremony(): Ceremony {
  const { refresh } = useSession();
  const [documents, setDocuments] = useState<SigningDocument[]>();
  const [choices, setChoices] = useState<SignatureChoices>();
  const [said, setSaid] = useState("");
  const [signing, setSigning] = useState<string>();
  const [waiting, setWaiting] = useState<() => void>();
  const [finishKey] = useState(newKey);
  const reading = useAct();
  const acting = useAct();
  const finishing = useAct();
  const { run: read } = reading;
  // Two lines can be on their way at once: each answer goes into what the one before it left.
  const latest = useRef<SigningDocument[]>([]);

  const load = useCallback(
    () =>
      read(async () => {
        const [found, offered] = await Promise.all([
          api<SigningDocument[]>("GET", "/packet/documents"),
          api<SignatureChoices>("GET", "/packet/signature"),
        ]);
        latest.current = found;
        setDocuments(found);
        setChoices(offered);
      }),
    [read],
  );
  useEffect(() => void load(), [load]);

  const sign = (document: SigningDocument, field: SigningField, then: After): Promise<boolean> =>
    acting.run(async () => {
      setSigning(field.field_id);
      try {
        const at = await mark(document, field);
        const after = signed(latest.current, document.document_id, field.field_id, at);
        latest.current = after;
        setDocuments(after);
        const left = open(after).length;
        setSaid(left > 0 ? t("sign.said", { label: field.label, left }) : t("sign.allDone"));
        then(after);
      } catch (error) {
        if (error instanceof Problem && error.code === "signature-required") return go("/signature");
        if (error instanceof Problem && error.code === "consent-required") return go("/consent");
        if (needsPassword(error)) return setWaiting(() => () => void sign(document, field, then));
        if (error instanceof Problem && error.code === "invalid-transition")
          return go(nextPlace(await refresh()), { replace: true });
        throw error;
      } finally {
        setSigning(undefined);
      }
    });

  const finish = (): Promise<boolean> =>
    finishing.run(async () => {
      try {
        await api("POST", "/packet/finish", { key: finishKey });
      } catch (error) {
        if (needsPassword(error)) return setWaiting(() => () => void finish());
        if (error instanceof Problem && error.code === "signatures-missing") await load();
        throw error;
      }
      await refresh();
      go("/status", { replace: true });
    });

  return {
    documents,
    choices,
    unread: reading.failure,
    load,
    failure: acting.failure ?? finishing.failure,
    said,
    signing,
    finishing: finishing.busy,
    sign,
    finish,
    waiting,
    forget: () => setWaiting(undefined),
  };
}

/** Sign one field. Gives when it was signed, and the signer's day. */
async function mark(document: SigningDocument, field: SigningField): Promise<SignedAt> {
  try {
    const call = {
      params: { document_id: document.document_id, field_id: field.field_id },
      body: { act: document.act },
      key: newKey(),
    };
    return signedAt(await api<SignedAt>("POST", "/packet/documents/{document_id}/fields/{field_id}", call));
  } catch (error) {
    // Another tab was first: that is as good.
    if (error instanceof Problem && error.code === "already-signed")
      return signedAt(error.facts as unknown as SignedAt);
    throw error;
  }
}

const signedAt = ({ signed_at, signed_on }: SignedAt): SignedAt => ({ signed_at, signed_on });
