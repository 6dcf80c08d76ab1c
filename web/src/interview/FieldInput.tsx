/** One field of a section as its type asks for it. */
import type { Answer, Field } from "../api/answers";
import { Checkbox, Remarks, Select, TextArea, TextInput, YesNo } from "../components/inputs";
import { t } from "../i18n";
import { asChoice, asText, hyphenated, isMask, phoneShown } from "./model";
import { STATE_OPTIONS } from "./states";

export interface Ask {
  value: (path: string) => Answer;
  change: (path: string, value: Answer) => void;
  leave: (path: string) => void;
  error: (path: string) => string | undefined;
  remark: (path: string) => string | undefined;
  /** Whether a path may be changed; while a correction is asked for, few may. */
  open: (path: string) => boolean;
  /** Saving waits for it, and stays here unless it comes to true. */
  onWay: (part: Promise<boolean>) => void;
}

export const idOf = (path: string): string => `answer-${path.replace(/[^A-Za-z0-9]+/g, "-")}`;

const SSN = [3, 2, 4] as const;
const DATE = [2, 2, 4] as const;

const COMPLETES: Record<string, string> = {
  first_name: "given-name",
  middle_name: "additional-name",
  last_name: "family-name",
  email: "email",
  mobile_phone: "tel-national",
  line1: "address-line1",
  line2: "address-line2",
  city: "address-level2",
  state: "address-level1",
  postal_code: "postal-code",
};

interface Props {
  field: Field;
  path: string;
  ask: Ask;
}

export function FieldInput({ field, path, ask }: Props) {
  const value = ask.value(path);
  const around = {
    id: idOf(path),
    label: field.label,
    hint: field.hint,
    error: ask.error(path),
    remark: ask.remark(path),
  };
  const optional = !field.required;
  const closed = !ask.open(path);
  const change = (text: string) => ask.change(path, text);
  const common = {
    ...around,
    optional,
    disabled: closed,
    onBlur: () => ask.leave(path),
  };
  const input = {
    ...common,
    value: asText(value),
    onText: change,
    maxLength: field.longest,
    autoComplete: COMPLETES[field.name] ?? "off",
  };

  switch (field.type) {
    case "box":
      return <Checkbox {...around} checked={value === true} onTick={(ticked) => ask.change(path, ticked)} />;
    case "yes-no":
      return <YesNo {...around} value={asChoice(value)} onChoose={(yes) => ask.change(path, yes)} />;
    case "choice":
      return (
        <Select
          {...common}
          value={asText(value)}
          options={(field.choices ?? []).map((choice) => ({ value: choice, label: choice }))}
          onText={change}
        />
      );
    case "state":
      return (
        <Select
          {...common}
          value={asText(value)}
          options={STATE_OPTIONS}
          onText={change}
          autoComplete={COMPLETES[field.name]}
        />
      );
    case "long-text":
      return (
        <TextArea {...around} optional={optional} value={asText(value)} onText={change} maxLength={field.longest} />
      );
    case "url-or-none":
      return <UrlOrNone field={field} path={path} ask={ask} />;
    case "phone":
      return <TextInput {...input} value={phoneShown(asText(value))} type="tel" inputMode="tel" width="medium" />;
    case "email":
      return <TextInput {...input} type="email" inputMode="email" autoCapitalize="none" spellCheck={false} />;
    case "npn":
      return <TextInput {...input} inputMode="numeric" width="medium" />;
    case "postal-code":
    case "extension":
    case "whole-number":
      return <TextInput {...input} inputMode="numeric" width="short" />;
    case "ssn":
    case "birth-date":
      return <Sensitive field={field} path={path} ask={ask} />;
    default:
      return <TextInput {...input} />;
  }
}

/** A value that is never shown again once it is stored: its mask, and a way to type it anew. */
function Sensitive({ field, path, ask }: Props) {
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
  const groups = field.type === "ssn" ? SSN : DATE;
  const input = (at: string, label: string, hint?: string) => (
    <TextInput
      id={idOf(at)}
      label={label}
      hint={hint}
      error={ask.error(at)}
      remark={ask.remark(at)}
      optional={!field.required}
      value={asText(ask.value(at))}
      onText={(text) => ask.change(at, hyphenated(text, asText(ask.value(at)), groups))}
      onBlur={() => ask.leave(at)}
      hidden={field.type === "ssn"}
      inputMode="numeric"
      autoComplete="off"
      maxLength={field.type === "ssn" ? 11 : 10}
      width="medium"
      disabled={closed}
      aria-describedby={field.typed_twice_as && field.hint ? `${id}-why` : undefined}
    />
  );
  if (!field.typed_twice_as) return input(path, field.label, field.hint);
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

const NONE = "none";

function UrlOrNone({ field, path, ask }: Props) {
  const text = asText(ask.value(path));
  const none = text.toLowerCase() === NONE;
  const id = idOf(path);
  return (
    <div className="url-or-none">
      <TextInput
        id={id}
        label={field.label}
        hint={field.hint}
        error={ask.error(path)}
        remark={ask.remark(path)}
        optional={!field.required}
        value={none ? "" : text}
        onText={(typed) => ask.change(path, typed)}
        onBlur={() => ask.leave(path)}
        disabled={none || !ask.open(path)}
        type="url"
        inputMode="url"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="https://"
      />
      <div className="tick">
        <input
          type="checkbox"
          id={`${id}-none`}
          checked={none}
          disabled={!ask.open(path)}
          onChange={(event) => ask.change(path, event.target.checked ? NONE : "")}
        />
        <label htmlFor={`${id}-none`}>
          {t("none")}
          <span className="sr-only">: {field.label}</span>
        </label>
      </div>
    </div>
  );
}
