import type { ReactNode } from "react";

interface Props {
  kind?: "info" | "warning" | "error" | "success";
  title?: string | undefined;
  /** Whether it came up after an act, so that a screen reader says it at once. */
  live?: boolean;
  children?: ReactNode;
}

export function Notice({ kind = "info", title, live = false, children }: Props) {
  return (
    <div className={`notice notice-${kind}`} role={live ? (kind === "error" ? "alert" : "status") : undefined}>
      {title && <p className="notice-title">{title}</p>}
      {children}
    </div>
  );
}
