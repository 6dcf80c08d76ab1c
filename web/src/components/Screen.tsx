import { useEffect, useRef, type ReactNode } from "react";
import { carrier } from "../carrier";

interface Props {
  title: string;
  /** A short line above the title that says where in the road this is. */
  eyebrow?: string | undefined;
  lead?: ReactNode;
  wide?: boolean;
  /** The title's language where it differs from the page's. */
  titleLanguage?: string | undefined;
  children?: ReactNode;
}

/** One screen: its title names the browser tab and takes the focus, so that everyone learns that the page changed. */
export function Screen({ title, eyebrow, lead, wide = false, titleLanguage, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${carrier().name}`;
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <div className={wide ? "screen screen-wide" : "screen"}>
      {eyebrow && <p className="eyebrow">{eyebrow}</p>}
      <h1 ref={heading} tabIndex={-1} lang={titleLanguage}>
        {title}
      </h1>
      {lead && <div className="lead">{lead}</div>}
      {children}
    </div>
  );
}
