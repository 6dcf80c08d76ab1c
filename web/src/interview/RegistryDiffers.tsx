import { useEffect, useRef } from "react";
import type { Section } from "../api/types";
import { api, type FieldProblem } from "../api/client";
import { Button } from "../components/Button";
import { useAct } from "../components/useAct";
import { t } from "../i18n";
import { idOf } from "./ask";
import { labelOf } from "./model";

interface Props {
  name: string;
  section: Section;
  remarks: FieldProblem[];
  /** Found by the save just made, so that the focus goes here. */
  fresh: boolean;
  onKept: () => void;
}

/** What the license registry sees differently: to be changed, or to be kept on purpose. */
export function RegistryDiffers({ name, section, remarks, fresh, onKept }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { busy, failure, run } = useAct();
  useEffect(() => {
    if (fresh) heading.current?.focus();
  }, [fresh]);
  const keep = () =>
    run(async () => {
      const fields = remarks.map((one) => `${name}.${one.field}`);
      await api("POST", "/packet/identity/confirmations", { body: { fields } });
      onKept();
    });
  return (
    <section className="notice notice-warning" aria-labelledby="registry-title">
      <h2 className="notice-title" id="registry-title" tabIndex={-1} ref={heading}>
        {t("registry.title")}
      </h2>
      <p>{t("registry.mismatch")}</p>
      <ul>
        {remarks.map((one) => (
          <li key={one.field}>
            <a
              href={`#${idOf(one.field)}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(idOf(one.field))?.focus();
              }}
            >
              {labelOf(section, one.field)}
            </a>
          </li>
        ))}
      </ul>
      {failure && <p className="field-error">{failure}</p>}
      <Button kind="secondary" busy={busy} onClick={() => void keep()}>
        {t("registry.keep")}
      </Button>
    </section>
  );
}
