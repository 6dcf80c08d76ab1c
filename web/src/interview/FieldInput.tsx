/** One field of a section as its type asks for it. */
import { Checkbox, Select, TextArea, TextInput, YesNo } from "../components/inputs";
import { phoneShown } from "../components/phone";
import { t } from "../i18n";
import { type FieldProps, idOf } from "./ask";
import { asChoice, asText } from "./model";
import { Sensitive } from "./Sensitive";
import { MAIL_OPTIONS, STATE_OPTIONS } from "./states";

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

export function FieldInput({ field, path, ask }: FieldProps) {
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
    maxLength: field.longest ?? undefined,
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
          options={field.mailing ? MAIL_OPTIONS : STATE_OPTIONS}
          onText={change}
          autoComplete={COMPLETES[field.name]}
        />
      );
    case "long-text":
      return (
        <TextArea
          {...around}
          optional={optional}
          value={asText(value)}
          onText={change}
          maxLength={field.longest ?? undefined}
        />
      );
    case "url-or-none":
      return <UrlOrNone field={field} path={path} ask={ask} />;
    case "phone":
      return <TextInput {...input} value={phoneShown(asText(value))} type="tel" inputMode="tel" width="medium" />;
    case "email":
      // Not of type "email": browsers rewrite what is typed there, each in its own way. The server reads it.
      return <TextInput {...input} inputMode="email" autoCapitalize="none" spellCheck={false} />;
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

const NONE = "none";

function UrlOrNone({ field, path, ask }: FieldProps) {
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
