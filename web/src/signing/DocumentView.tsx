import { useEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "../components/Button";
import { Notice } from "../components/Notice";
import { words } from "../components/useAct";
import { t } from "../i18n";
import { PageView } from "./PageView";
import type { Pdf } from "./pdf";
import { TextVersion } from "./TextVersion";

interface Props {
  /** Names the document for screen readers. */
  title: string;
  load: () => Promise<ArrayBuffer>;
  /** The same document for the browser's own viewer. */
  href: string;
  /** What lies over a page; gets its number and its size in PDF points. */
  over?: (page: number, size: { width: number; height: number }) => ReactNode;
  /** Told whenever a page stands with what lies over it, or the text does. */
  onDrawn?: () => void;
}

/** A document in view, as pages or as text. */
export default function DocumentView({ title, load, href, over, onDrawn }: Props) {
  const [pdf, setPdf] = useState<Pdf>();
  const [failure, setFailure] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  const [asText, setAsText] = useState(false);
  const [width, setWidth] = useState(0);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let close: (() => void) | undefined;
    let wanted = true;
    const read = async () => {
      setPdf(undefined);
      setFailure(undefined);
      try {
        const [{ open }, data] = await Promise.all([import("./pdf"), load()]);
        if (!wanted) return;
        const opened = open(data);
        close = opened.close;
        const found = await opened.document;
        if (wanted) setPdf(found);
      } catch (error) {
        if (wanted) setFailure(words(error));
      }
    };
    void read();
    return () => {
      wanted = false;
      close?.();
    };
  }, [load, attempt]);

  useEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);

  return (
    <div className="document">
      <div className="document-tools">
        <div className="toggle" role="group" aria-label={t("document.how")}>
          <button type="button" aria-pressed={!asText} onClick={() => setAsText(false)}>
            {t("document.pages")}
          </button>
          <button type="button" aria-pressed={asText} onClick={() => setAsText(true)}>
            {t("document.text")}
          </button>
        </div>
        <a className="text-button" href={href} target="_blank" rel="noreferrer">
          {t("document.open")}
          <span className="sr-only"> {title}</span>
        </a>
      </div>
      <div ref={box} className="document-pages" role="region" aria-label={title}>
        {failure && (
          <Notice kind="error" live>
            <p>{failure}</p>
            <Button kind="secondary" onClick={() => setAttempt(attempt + 1)}>
              {t("tryAgain")}
            </Button>
          </Notice>
        )}
        {!pdf && !failure && (
          <p className="waiting" role="status">
            <span className="spinner" aria-hidden="true" /> {t("document.loading")}
          </p>
        )}
        {pdf && asText && <TextVersion pdf={pdf} onDrawn={onDrawn} />}
        {pdf &&
          !asText &&
          Array.from({ length: pdf.numPages }, (_, index) => (
            <PageView
              key={index}
              pdf={pdf}
              number={index + 1}
              width={width}
              onDrawn={onDrawn}
              {...(over ? { over: (size: { width: number; height: number }) => over(index + 1, size) } : {})}
            />
          ))}
      </div>
    </div>
  );
}
