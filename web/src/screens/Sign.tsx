import "../styles/signatures.css";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { SigningDocument, SigningField } from "../api/types";
import { address, bytes } from "../api/client";
import { Button } from "../components/Button";
import { Loading } from "../components/Loading";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { t } from "../i18n";
import { go } from "../router";
import { nextPlace, usePacket } from "../session";
import { DocumentList } from "../signing/DocumentList";
import DocumentView from "../signing/DocumentView";
import { focusLine } from "../signing/line";
import { Lines } from "../signing/Lines";
import { MoreActs } from "../signing/MoreActs";
import { nextLine, open, required } from "../signing/order";
import { StepUp } from "../signing/StepUp";
import { Tag } from "../signing/Tag";
import { useCeremony } from "../signing/useCeremony";
import { useGoTo } from "../signing/useGoTo";
import { useSignaturePicture } from "../signing/useSignaturePicture";

/** From line to line with the document in view, until everything required is signed or acknowledged. */
export default function Sign({ wanted }: { wanted?: string | undefined }) {
  const packet = usePacket();
  const ceremony = useCeremony();
  const { documents, choices, signing, failure } = ceremony;
  const picture = useSignaturePicture(choices?.adopted?.method);
  const bar = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (packet.status !== "AWAITING_SIGNATURE") go(nextPlace(packet), { replace: true });
  }, [packet]);

  const current = useMemo(() => {
    if (!documents) return undefined;
    return documents.find((one) => one.document_id === wanted) ?? open(documents)[0]?.document ?? documents[0];
  }, [documents, wanted]);

  const currentId = current?.document_id ?? "";
  const { goTo, onDrawn } = useGoTo(currentId);
  // From here on the address names the document, so that signing its last line does not turn the page by itself.
  useEffect(() => {
    if (currentId && !wanted) go(`/sign/${currentId}`, { replace: true });
  }, [currentId, wanted]);
  const loadPdf = useCallback(
    () => bytes("/packet/documents/{document_id}/content", { params: { document_id: currentId } }),
    [currentId],
  );

  if (!documents || !current || !choices)
    return <Loading failure={ceremony.unread} onRetry={() => void ceremony.load()} />;

  const all = required(documents).length;
  const left = open(documents).length;
  const own = current.act !== "packet";
  const href = address("/packet/documents/{document_id}/content", { params: { document_id: currentId } });

  const toLine = ({ document_id }: SigningDocument, field: SigningField) =>
    goTo({ documentId: document_id, go: () => focusLine(field) });
  const toBar = () =>
    goTo({
      go: () => {
        bar.current?.querySelector("button")?.focus();
        return true;
      },
    });

  const toNext = () => {
    const line = nextLine(documents, currentId);
    if (!line) return toBar();
    if (line.document !== current) go(`/sign/${line.document.document_id}`);
    toLine(line.document, line.field);
  };

  const sign = (field: SigningField) =>
    void ceremony.sign(current, field, (after) => {
      const [further] = open(after.filter((one) => one.document_id === currentId));
      if (further) toLine(further.document, further.field);
      else toBar();
    });

  return (
    <div className="signing">
      {ceremony.waiting && (
        <StepUp
          onClose={ceremony.forget}
          onDone={() => {
            ceremony.forget();
            ceremony.waiting?.();
          }}
        />
      )}
      <DocumentList documents={documents} current={current} />
      <Screen
        key={currentId}
        wide
        title={current.title}
        titleLanguage="en"
        eyebrow={t("sign.of", {
          n: documents.indexOf(current) + 1,
          all: documents.length,
          mode: t(`mode.${current.mode}`),
        })}
      >
        <MoreActs documentId={currentId} href={href} />
        {packet.correction && left > 0 && (
          <Notice>
            <p>{t("correction.signAgain")}</p>
          </Notice>
        )}
        <p className="sr-only" role="status">
          {ceremony.said}
        </p>
        {failure && (
          <Notice kind="error" live>
            <p>{failure}</p>
          </Notice>
        )}
        <DocumentView
          title={current.title}
          load={loadPdf}
          href={href}
          onDrawn={onDrawn}
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
                  onSign={own ? undefined : () => sign(field)}
                />
              ))
          }
        />
        <Lines document={current} own={own} name={choices.full_name} busy={signing} onSign={sign} />
      </Screen>
      <div className="sign-bar">
        <div className="sign-bar-inner" ref={bar}>
          <p className="sign-count" aria-hidden="true">
            {t("sign.progress", { done: all - left, all })}
          </p>
          {left > 0 ? (
            <Button onClick={toNext}>{left === all ? t("sign.start") : t("sign.next")}</Button>
          ) : (
            <Button busy={ceremony.finishing} onClick={() => void ceremony.finish()}>
              {t("sign.finish")}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}
