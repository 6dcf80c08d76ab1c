import { useEffect, useRef, useState, type ReactNode } from "react";
import { t } from "../i18n";
import { type Pdf, type PdfPage, TextLayer } from "./pdf";

interface Props {
  pdf: Pdf;
  number: number;
  width: number;
  /** What lies over the page; gets the page's size in PDF points. */
  over?: (size: { width: number; height: number }) => ReactNode;
  /** Told once the page has its size and what lies over it; its picture may still be on the way. */
  onDrawn: (() => void) | undefined;
}

const SHARPEST = 2;

/** One page: its picture, its text for readers and for selecting, and what may be done on it. */
export function PageView({ pdf, number, width, over, onDrawn }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const [page, setPage] = useState<PdfPage>();
  const [near, setNear] = useState(false);

  useEffect(() => {
    let wanted = true;
    void pdf.getPage(number).then((found) => wanted && setPage(found));
    return () => {
      wanted = false;
    };
  }, [pdf, number]);

  useEffect(() => {
    if (!frame.current) return;
    const watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && setNear(true), {
      rootMargin: "600px",
    });
    watch.observe(frame.current);
    return () => watch.disconnect();
  }, [page]);

  const size = page?.getViewport({ scale: 1 });

  useEffect(() => {
    if (page) onDrawn?.();
  }, [page, onDrawn]);

  useEffect(() => {
    const [picture, words] = [canvas.current, text.current];
    if (!page || !near || !picture || !words || width <= 0) return;
    const scale = width / page.getViewport({ scale: 1 }).width;
    const viewport = page.getViewport({ scale });
    const sharp = page.getViewport({ scale: scale * Math.min(SHARPEST, devicePixelRatio || 1) });
    picture.width = Math.floor(sharp.width);
    picture.height = Math.floor(sharp.height);
    const drawing = page.render({ canvas: picture, viewport: sharp });
    drawing.promise.then(
      () => picture.setAttribute("data-drawn", "true"),
      () => undefined, // a newer drawing took its place
    );
    words.replaceChildren();
    words.style.setProperty("--total-scale-factor", String(scale));
    const layer = new TextLayer({
      textContentSource: page.streamTextContent({ includeMarkedContent: true }),
      container: words,
      viewport,
    });
    layer.render().catch(() => undefined);
    return () => {
      drawing.cancel();
      layer.cancel();
    };
  }, [page, near, width]);

  return (
    <div
      ref={frame}
      className="page"
      role="region"
      aria-label={t("document.page", { n: number, all: pdf.numPages })}
      style={size ? { aspectRatio: `${size.width} / ${size.height}` } : { aspectRatio: "8.5 / 11" }}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <div ref={text} className="textLayer" lang="en" />
      {size && over?.({ width: size.width, height: size.height })}
    </div>
  );
}
