import "../styles/signatures.css";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { SignatureChoices, SigningDocument, SigningField } from "../api/answers";
import { address, api, bytes, newKey, Problem } from "../api/client";
import { Button } from "../components/Button";
import { Loading } from "../components/Loading";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useAct } from "../components/useAct";
import { useStrip } from "../components/useStrip";
import { day, t } from "../i18n";
import { go } from "../router";
import { nextPlace, usePacket, useSession } from "../session";
import DocumentView from "../signing/DocumentView";
import { nextLine, open, required, signed } from "../signing/order";
import { needsPassword, StepUp } from "../signing/StepUp";

const fieldId = (field: SigningField) => `line-${field.field_id}`;

/** From line to line with the document in view, until everything required is signed or acknowledged. */
export default function Sign({ wanted }: { wanted?: string | undefined }) {
  const packet = usePacket();
  const { refresh } = useSession();
  const [documents, setDocuments] = useState<SigningDocument[]>();
  const [choices, setChoices] = useState<SignatureChoices>();
  const [focusOn, setFocusOn] = useState<string>();
  const [said, setSaid] = useState("");
  const [signing, setSigning] = useState<string>();
  const [asking, setAsking] = useState<() => void>();
  const [picture, setPicture] = useState<string>();
  const [finishKey] = useState(newKey);
  const reading = useAct();
  const { failure, run } = useAct();
  const finishing = useAct();
  const { run: read } = reading;
  const nextButton = useRef<HTMLDivElement>(null);

  const load = useCallback(
    () =>
      read(async () => {
        const [found, offered] = await Promise.all([
          api<SigningDocument[]>("GET", "/packet/documents"),
          api<SignatureChoices>("GET", "/packet/signature"),
        ]);
        setDocuments(found);
        setChoices(offered);
      }),
    [read],
  );
  useEffect(() => void load(), [load]);
  useEffect(() => {
    if (packet.status !== "AWAITING_SIGNATURE") go(nextPlace(packet), { replace: true });
  }, [packet]);

  const method = choices?.adopted?.method;
  useEffect(() => {
    if (!method || method === "typed") return undefined;
    let shown: string | undefined;
    let wanted = true;
    bytes("/packet/signature/preview")
      .then((drawn) => {
        if (!wanted) return;
        shown = URL.createObjectURL(new Blob([drawn], { type: "image/png" }));
        setPicture(shown);
      })
      .catch(() => undefined); // the line then says in words that it is signed
    return () => {
      wanted = false;
      if (shown) URL.revokeObjectURL(shown);
    };
  }, [method]);

  const current = useMemo(() => {
    if (!documents) return undefined;
    return documents.find((one) => one.document_id === wanted) ?? open(documents)[0]?.document ?? documents[0];
  }, [documents, wanted]);

  const currentId = current?.document_id ?? "";
  const list = useStrip(currentId);
  // From here on the address names the document, so that signing its last line does not turn the page by itself.
  useEffect(() => {
    if (currentId && !wanted) go(`/sign/${currentId}`, { replace: true });
  }, [currentId, wanted]);
  const loadPdf = useCallback(
    () => bytes("/packet/documents/{document_id}/content", { params: { document_id: currentId } }),
    [currentId],
  );

  // The line to go to may not be there before its document is drawn.
  useEffect(() => {
    if (!focusOn) return;
    const started = Date.now();
    const look = setInterval(() => {
      // The text version has no page to sign on: there the list below it is gone to.
      const place = document.querySelector(".text-version") ? `${focusOn}-listed` : focusOn;
      const control = document.getElementById(place) ?? document.getElementById(focusOn);
      if (control || Date.now() - started > 8000) {
        clearInterval(look);
        setFocusOn(undefined);
        control?.scrollIntoView({ block: "center" });
        control?.focus({ preventScroll: true });
      }
    }, 60);
    return () => clearInterval(look);
  }, [focusOn, currentId]);

  if (!documents || !current || !choices) return <Loading failure={reading.failure} onRetry={() => void load()} />;

  const all = required(documents);
  const left = open(documents);
  const index = documents.indexOf(current);

  const show = (one: SigningDocument) => go(`/sign/${one.document_id}`);

  const toNext = (from: readonly SigningDocument[] = documents) => {
    const line = nextLine(from, current.document_id);
    if (!line) {
      nextButton.current?.querySelector("button")?.focus();
      return;
    }
    if (line.document.document_id !== current.document_id) show(line.document);
    setFocusOn(fieldId(line.field));
  };

  const sign = (field: SigningField) =>
    run(async () => {
      setSigning(field.field_id);
      try {
        const answer = await api<{ signed_at: string }>("POST", "/packet/documents/{document_id}/fields/{field_id}", {
          params: { document_id: current.document_id, field_id: field.field_id },
          body: { act: current.act },
          key: newKey(),
        }).catch((error: unknown) => {
          // Another tab was first: that is as good.
          if (error instanceof Problem && error.code === "already-signed")
            return { signed_at: String(error.facts.signed_at ?? new Date().toISOString()) };
          throw error;
        });
        const after = signed(documents, current.document_id, field.field_id, answer.signed_at);
        setDocuments(after);
        const open_ = open(after).length;
        setSaid(open_ > 0 ? t("sign.said", { label: field.label, left: open_ }) : t("sign.allDone"));
        const here = after.find((one) => one.document_id === current.document_id);
        const further = here?.fields.find((one) => one.required && one.kind !== "date" && !one.signed_at);
        if (further) setFocusOn(fieldId(further));
        else setTimeout(() => nextButton.current?.querySelector("button")?.focus(), 0);
      } catch (error) {
        if (error instanceof Problem && error.code === "signature-required") return go("/signature");
        if (error instanceof Problem && error.code === "consent-required") return go("/consent");
        if (needsPassword(error)) return setAsking(() => () => void sign(field));
        if (error instanceof Problem && error.code === "invalid-transition") {
          go(nextPlace(await refresh()), { replace: true });
          return;
        }
        throw error;
      } finally {
        setSigning(undefined);
      }
    });

  const finish = () =>
    finishing.run(async () => {
      try {
        await api("POST", "/packet/finish", { key: finishKey });
      } catch (error) {
        if (needsPassword(error)) return setAsking(() => () => void finish());
        if (error instanceof Problem && error.code === "signatures-missing") {
          await load();
          throw error;
        }
        throw error;
      }
      await refresh();
      go("/status", { replace: true });
    });

  const progress = Math.round(((all.length - left.length) / Math.max(1, all.length)) * 100);
  const own = current.act !== "packet";

  return (
    <div className="signing">
      {asking && (
        <StepUp
          onClose={() => setAsking(undefined)}
          onDone={() => {
            setAsking(undefined);
            asking();
          }}
        />
      )}
      <nav className="progress" aria-label={t("sign.documents")}>
        <p className="progress-count">{t("sign.progress", { done: all.length - left.length, all: all.length })}</p>
        <progress className="meter" max={all.length} value={all.length - left.length} aria-label={t("sign.documents")}>
          {progress} %
        </progress>
        <ol ref={list}>
          {documents.map((one) => {
            const toDo = one.fields.filter(
              (field) => field.required && field.kind !== "date" && !field.signed_at,
            ).length;
            const acts = one.fields.some((field) => field.required && field.kind !== "date");
            return (
              <li key={one.document_id}>
                <a href={`#/sign/${one.document_id}`} aria-current={one === current ? "true" : undefined}>
                  <span className={acts && toDo === 0 ? "dot dot-done" : "dot"} aria-hidden="true">
                    {acts ? (toDo === 0 ? "✓" : toDo) : "i"}
                  </span>
                  <span lang="en">{one.title}</span>
                  <span className="sr-only">
                    {" "}
                    {acts
                      ? toDo === 0
                        ? t("sign.state.done")
                        : t("sign.state.open", { n: toDo })
                      : t("sign.state.read")}
                  </span>
                </a>
              </li>
            );
          })}
        </ol>
      </nav>
      <Screen
        key={current.document_id}
        wide
        title={current.title}
        titleLanguage="en"
        eyebrow={t("sign.of", { n: index + 1, all: documents.length, mode: t(`mode.${current.mode}`) })}
      >
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
              <a
                href={address("/packet/documents/{document_id}/content", { params: { document_id: currentId } })}
                download={`${currentId}.pdf`}
              >
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
        {packet.correction && left.length > 0 && (
          <Notice>
            <p>{t("correction.signAgain")}</p>
          </Notice>
        )}
        <p className="sr-only" role="status">
          {said}
        </p>
        {(failure ?? finishing.failure) && (
          <Notice kind="error" live>
            <p>{failure ?? finishing.failure}</p>
          </Notice>
        )}
        <DocumentView
          title={current.title}
          load={loadPdf}
          href={address("/packet/documents/{document_id}/content", { params: { document_id: currentId } })}
          over={(page, size) =>
            current.fields
              .filter((field) => field.page === page)
              .map((field) => (
                <Tag
                  key={field.field_id}
                  field={field}
                  size={size}
                  choices={choices}
                  picture={picture}
                  busy={signing === field.field_id}
                  onSign={own ? undefined : () => void sign(field)}
                />
              ))
          }
        />
        <Lines
          document={current}
          own={own}
          name={choices.full_name}
          busy={signing}
          onSign={(field) => void sign(field)}
        />
      </Screen>
      <div className="sign-bar">
        <div className="sign-bar-inner" ref={nextButton}>
          <p className="sign-count" aria-hidden="true">
            {t("sign.progress", { done: all.length - left.length, all: all.length })}
          </p>
          {left.length > 0 ? (
            <Button onClick={() => toNext()}>{left.length === all.length ? t("sign.start") : t("sign.next")}</Button>
          ) : (
            <Button busy={finishing.busy} onClick={() => void finish()}>
              {t("sign.finish")}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}

interface TagProps {
  field: SigningField;
  size: { width: number; height: number };
  choices: SignatureChoices;
  /** The adopted signature if it is drawn or uploaded, as the renderer draws it. */
  picture: string | undefined;
  busy: boolean;
  onSign: (() => void) | undefined;
}

/** What a line is called on the page. */
const verb = (field: SigningField) => t(`sign.kind.${field.kind}`);

/** A line on the page: a button until it is signed, then the mark. */
function Tag({ field, size, choices, picture, busy, onSign }: TagProps) {
  const place = {
    left: `${(field.x / size.width) * 100}%`,
    top: `${(field.y / size.height) * 100}%`,
    width: `${(field.width / size.width) * 100}%`,
    height: `${(field.height / size.height) * 100}%`,
  };
  if (field.signed_at) {
    const style = `style-${choices.adopted?.style ?? choices.styles[0]?.id}`;
    const typed = choices.adopted?.method === "typed";
    const mark =
      field.kind === "signature" && typed
        ? choices.full_name
        : field.kind === "initials"
          ? (choices.adopted?.initials ?? choices.initials)
          : undefined;
    return (
      <span className="tag tag-signed" style={place}>
        {field.kind === "signature" && !typed && picture ? (
          <img className="tag-picture" src={picture} alt="" />
        ) : mark !== undefined ? (
          <span className={`tag-mark ${style}`}>{mark}</span>
        ) : (
          <span className="tag-plain">
            {field.kind === "date" ? day(field.signed_at) : `✓ ${t("sign.state.done")}`}
          </span>
        )}
        <span className="sr-only">
          {" "}
          {field.label} {t("sign.state.done")}
        </span>
      </span>
    );
  }
  if (field.kind === "date")
    return (
      <span className="tag tag-date" style={place}>
        <span className="sr-only">{field.label}: </span>
        {t("sign.date")}
      </span>
    );
  // An act of its own and an acknowledgement are made below the page, where their statement stands.
  if (!onSign || field.kind === "acknowledge")
    return (
      <a
        className="tag tag-open"
        style={place}
        href={`#${fieldId(field)}`}
        onClick={(event) => {
          event.preventDefault();
          document.getElementById(fieldId(field))?.focus();
        }}
      >
        {t("sign.below")}
        <span className="sr-only"> {field.label}</span>
      </a>
    );
  return (
    <button
      type="button"
      id={fieldId(field)}
      className="tag tag-open"
      style={place}
      aria-disabled={busy || undefined}
      onClick={() => !busy && onSign()}
    >
      {busy ? t("working") : verb(field)}
      <span className="sr-only"> {field.label}</span>
    </button>
  );
}

interface LinesProps {
  document: SigningDocument;
  own: boolean;
  name: string;
  busy: string | undefined;
  onSign: (field: SigningField) => void;
}

/** The same lines as a list, for the text version and for acts whose statement has to stand beside the button. */
function Lines({ document, own, name, busy, onSign }: LinesProps) {
  const lines = document.fields.filter((field) => field.kind !== "date");
  if (lines.length === 0)
    return (
      <Notice>
        <p>{t(document.mode === "print-only" ? "sign.printOnly" : "sign.toRead")}</p>
      </Notice>
    );
  return (
    <section className={own ? "card act act-own" : "card act"} aria-labelledby="act-title">
      <h2 id="act-title">{own ? t("sign.ownAct") : t("sign.lines")}</h2>
      {document.statement && (
        <p className="statement lines" lang="en">
          {document.statement}
        </p>
      )}
      {own && <p>{t("sign.ownAct.name", { name })}</p>}
      <ul className="line-list">
        {lines.map((field) => {
          const here = own || field.kind === "acknowledge";
          return (
            <li key={field.field_id}>
              <span>
                <span lang="en">{field.label}</span>{" "}
                <span className="fine">
                  {t("sign.onPage", { n: field.page })} {!field.required && t("optional")}
                </span>
              </span>
              {field.signed_at ? (
                <span className="badge badge-valid">{t("sign.state.done")}</span>
              ) : (
                <Button
                  id={here ? fieldId(field) : `${fieldId(field)}-listed`}
                  kind={here && field.required ? "primary" : "secondary"}
                  busy={busy === field.field_id}
                  onClick={() => onSign(field)}
                >
                  {own && field.kind === "signature"
                    ? t("sign.ownAct.button")
                    : field.required
                      ? verb(field)
                      : t("sign.mark")}
                  <span className="sr-only"> {field.label}</span>
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
