import { useEffect, useRef, useState } from "react";
import type { Answer } from "../api/types";
import { Button } from "../components/Button";
import { t } from "../i18n";
import type { Difference } from "./model";

interface Props {
  differences: Difference[];
  onSettled: (chosen: Record<string, Answer>) => void;
}

const shown = (value: Answer): string =>
  value === true
    ? t("yes")
    : value === false
      ? t("no")
      : value === undefined || value === null || value === ""
        ? t("blank")
        : String(value);

/** The same answers were changed here and elsewhere: both values, side by side, for the person to choose. */
export function Conflict({ differences, onSettled }: Props) {
  const [chosen, setChosen] = useState<Record<string, "mine" | "theirs">>({});
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const open = differences.filter((one) => !chosen[one.path]).length;
  return (
    <section className="notice notice-warning conflict" aria-labelledby="conflict-title">
      <h2 id="conflict-title" tabIndex={-1} ref={heading}>
        {t("conflict.title")}
      </h2>
      <p>{t("conflict.text")}</p>
      {differences.map((one) => (
        <fieldset key={one.path} className="field">
          <legend>{one.label}</legend>
          <div className="choices choices-stacked">
            {(["mine", "theirs"] as const).map((whose) => (
              <label key={whose} className="choice">
                <input
                  type="radio"
                  name={`conflict-${one.path}`}
                  checked={chosen[one.path] === whose}
                  onChange={() => setChosen({ ...chosen, [one.path]: whose })}
                />
                <span>
                  <strong>{shown(one[whose])}</strong>
                  <span className="fine"> {t(`conflict.${whose}`)}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      <Button
        disabled={open > 0}
        onClick={() =>
          onSettled(Object.fromEntries(differences.map((one) => [one.path, one[chosen[one.path] ?? "mine"]])))
        }
      >
        {t("conflict.settle")}
      </Button>
    </section>
  );
}
