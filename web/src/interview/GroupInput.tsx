import { useEffect, useState } from "react";
import type { Answer, Field, Section } from "../api/types";
import { api } from "../api/client";
import { Checkbox } from "../components/inputs";
import { t } from "../i18n";
import { type Ask, idOf } from "./ask";
import { FieldInput } from "./FieldInput";
import { asGroup, asText, at } from "./model";
import { stateName } from "./states";

interface Props {
  field: Field;
  section: string;
  ask: Ask;
}

/** An address or another set of fields; it may follow a set asked elsewhere while its box is ticked. */
export function GroupInput({ field, section, ask }: Props) {
  const follows = field.follows;
  const switchPath = follows ? `${field.name}.${follows.switch}` : "";
  const following = follows !== undefined && ask.value(switchPath) === true;
  return (
    <fieldset className="group" id={idOf(field.name)} tabIndex={-1}>
      <legend>
        {field.label}
        {!field.required && <span className="optional"> {t("optional")}</span>}
      </legend>
      {field.hint && <p className="hint">{field.hint}</p>}
      {ask.error(field.name) && <p className="field-error">{ask.error(field.name)}</p>}
      {follows && (
        <Checkbox
          id={idOf(switchPath)}
          label={follows.label}
          checked={following}
          onTick={(ticked) => ask.change(switchPath, ticked)}
          error={ask.error(switchPath)}
          remark={ask.remark(switchPath)}
        />
      )}
      {following && follows ? (
        <Followed source={follows.source} section={section} ask={ask} />
      ) : (
        <div className="members">
          {(field.fields ?? []).map((member) => (
            <div key={member.name} className={`member member-${member.type}`}>
              <FieldInput field={member} path={`${field.name}.${member.name}`} ask={ask} />
            </div>
          ))}
        </div>
      )}
    </fieldset>
  );
}

/** What a following group takes over, to read. */
function Followed({ source, section, ask }: { source: string; section: string; ask: Ask }) {
  const [name = "", ...rest] = source.split(".");
  const path = rest.join(".");
  const here = name === section;
  const [elsewhere, setElsewhere] = useState<Answer>();
  useEffect(() => {
    if (here) return;
    let wanted = true;
    api<Section>("GET", "/packet/interview/{section}", { params: { section: name } })
      .then((found) => wanted && setElsewhere(at(found.answers, path)))
      .catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [here, name, path]);
  const values = asGroup(here ? ask.value(path) : elsewhere);
  const lines = [
    asText(values.line1),
    asText(values.line2),
    [asText(values.city), values.state ? stateName(asText(values.state)) : "", asText(values.postal_code)]
      .filter(Boolean)
      .join(", "),
  ].filter(Boolean);
  return (
    <div className="followed">
      {lines.length > 0 ? lines.map((line) => <p key={line}>{line}</p>) : <p>{t("followed.later")}</p>}
    </div>
  );
}
