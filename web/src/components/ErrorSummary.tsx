import { useEffect, useRef } from "react";
import type { FieldProblem } from "../api/client";
import { t } from "../i18n";

interface Props {
  errors: FieldProblem[];
  /** The id of the control that a path belongs to. */
  idOf: (path: string) => string;
  /** Grows with each refusal, so that the same errors take the focus again. */
  attempt: number;
}

/** All errors on top, each leading to its field. Takes the focus whenever an attempt was refused. */
export function ErrorSummary({ errors, idOf, attempt }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (attempt > 0) box.current?.focus();
  }, [attempt]);
  if (errors.length === 0) return null;
  const jump = (path: string) => {
    const control = document.getElementById(idOf(path));
    control?.scrollIntoView({ block: "center" });
    control?.focus({ preventScroll: true });
  };
  return (
    <div className="error-summary" ref={box} tabIndex={-1} role="alert" aria-labelledby="error-summary-title">
      <h2 id="error-summary-title">{errors.length === 1 ? t("errors.one") : t("errors.many", { n: errors.length })}</h2>
      <ul>
        {errors.map((error) => (
          <li key={`${error.field} ${error.rule}`}>
            <a
              href={`#${idOf(error.field)}`}
              onClick={(event) => {
                event.preventDefault();
                jump(error.field);
              }}
            >
              {error.message}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
