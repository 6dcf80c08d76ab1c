import type { ButtonHTMLAttributes } from "react";
import { t } from "../i18n";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: "primary" | "secondary" | "quiet" | "danger";
  busy?: boolean;
}

/** A button that stays focusable while its act is under way, and takes no second press. */
export function Button({ kind = "primary", busy = false, type = "button", onClick, children, ...more }: Props) {
  return (
    <button
      {...more}
      type={type}
      className={`button button-${kind}`}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy && <span className="spinner" aria-hidden="true" />}
      <span>{children}</span>
      {busy && <span className="sr-only">{t("working")}</span>}
    </button>
  );
}
