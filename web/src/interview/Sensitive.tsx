import { Remarks, TextInput } from "../components/inputs";
import { t } from "../i18n";
import { type FieldProps, idOf } from "./ask";
import { asText, dateTyped, hyphenated, isMask } from "./model";

const SSN = [3, 2, 4] as const;
const LONGEST_TYPED = 60; // what is copied brings characters that nobody sees; the server takes them away

/** A value that is never shown again once it is stored: its mask, and a way to type it again. */
export function Sensitive({ field, path, ask }: FieldProps) {
  const value = ask.value(path);
  const id = idOf(path);
  const closed = !ask.open(path);
  const error = ask.error(path);
  if (isMask(value))
    return (
      <div className={error ? "field field-wrong" : "field"}>
        <span className="label" id={`${id}-label`}>
          {field.label}
        </span>
        <div className="masked">
          <span className="masked-value" aria-labelledby={`${id}-label`}>
            {asText(value)}
          </span>
          {!closed && (
            <button type="button" id={id} className="text-button" onClick={() => ask.change(path, "")}>
              {t("sensitive.change")}
              <span className="sr-only"> {field.label}</span>
            </button>
          )}
        </div>
        <Remarks id={id} error={error} remark={ask.remark(path)} />
      </div>
    );
  const grouped = (text: string, before: string) =>
    field.type === "ssn" ? hyphenated(text, before, SSN) : dateTyped(text, before);
  const input = (at: string, label: string, hint?: string) => (
    <TextInput
      id={idOf(at)}
      label={label}
      hint={hint}
      error={ask.error(at)}
      remark={ask.remark(at)}
      optional={!field.required}
      value={asText(ask.value(at))}
      onText={(text) => ask.change(at, grouped(text, asText(ask.value(at))))}
      onBlur={() => ask.leave(at)}
      hidden={field.type === "ssn"}
      inputMode="numeric"
      autoComplete="off"
      maxLength={LONGEST_TYPED}
      width="medium"
      disabled={closed}
      aria-describedby={field.typed_twice_as && field.hint ? `${id}-why` : undefined}
    />
  );
  if (!field.typed_twice_as) return input(path, field.label, field.hint ?? undefined);
  return (
    <div>
      {field.hint && (
        <p className="hint" id={`${id}-why`}>
          {field.hint}
        </p>
      )}
      <div className="pair">
        {input(path, field.label)}
        {input(field.typed_twice_as, t("sensitive.again", { label: field.label }))}
      </div>
    </div>
  );
}
