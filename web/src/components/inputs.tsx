/** Form controls whose label, hint, error and remark belong together for the eye and for a screen reader. */
import { useState, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from "react";
import { t } from "../i18n";

interface Around {
  id: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  remark?: string | undefined;
  optional?: boolean;
}

const ids = ({ id, hint, error, remark }: Around): string | undefined =>
  [hint && `${id}-hint`, error && `${id}-error`, remark && !error && `${id}-remark`].filter(Boolean).join(" ") ||
  undefined;

function Surround({ around, children }: { around: Around; children: ReactNode }) {
  const { id, label, hint, optional } = around;
  return (
    <div className={around.error ? "field field-wrong" : "field"}>
      <label htmlFor={id}>
        {label}
        {optional && <span className="optional"> {t("optional")}</span>}
      </label>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children}
      <Remarks {...around} />
    </div>
  );
}

export function Remarks({ id, error, remark }: Pick<Around, "id" | "error" | "remark">) {
  return (
    <>
      {error && (
        <p className="field-error" id={`${id}-error`}>
          <span className="sr-only">{t("error")}: </span>
          {error}
        </p>
      )}
      {remark && !error && (
        <p className="field-remark" id={`${id}-remark`}>
          {remark}
        </p>
      )}
    </>
  );
}

type Native = Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "onChange" | "value">;

interface TextProps extends Around, Native {
  value: string;
  onText: (text: string) => void;
  /** Written as dots until the person asks to see it. */
  hidden?: boolean;
  width?: "full" | "short" | "medium";
}

export function TextInput(props: TextProps) {
  const { id, label, hint, error, remark, optional, value, onText, hidden = false, width = "full", ...native } = props;
  const [seen, setSeen] = useState(false);
  const around = { id, label, hint, error, remark, optional: optional ?? false };
  const input = (
    <input
      {...native}
      id={id}
      className={`input input-${width}`}
      type={hidden && !seen ? "password" : (native.type ?? "text")}
      value={value}
      onChange={(event) => onText(event.target.value)}
      aria-invalid={error ? true : undefined}
      aria-describedby={[native["aria-describedby"], ids(around)].filter(Boolean).join(" ") || undefined}
    />
  );
  if (!hidden) return <Surround around={around}>{input}</Surround>;
  return (
    <Surround around={around}>
      <div className="with-reveal">
        {input}
        <button type="button" className="reveal" aria-pressed={seen} onClick={() => setSeen(!seen)}>
          {seen ? t("hide") : t("show")}
          <span className="sr-only"> {label}</span>
        </button>
      </div>
    </Surround>
  );
}

interface AreaProps extends Around {
  value: string;
  onText: (text: string) => void;
  onBlur?: () => void;
  maxLength?: number | undefined;
}

export function TextArea({ value, onText, onBlur, maxLength, ...around }: AreaProps) {
  return (
    <Surround around={around}>
      <textarea
        id={around.id}
        className="input"
        rows={5}
        value={value}
        maxLength={maxLength}
        onBlur={onBlur}
        onChange={(event) => onText(event.target.value)}
        aria-invalid={around.error ? true : undefined}
        aria-describedby={ids(around)}
      />
    </Surround>
  );
}

interface SelectProps extends Around, Omit<SelectHTMLAttributes<HTMLSelectElement>, "id" | "onChange" | "value"> {
  value: string;
  options: { value: string; label: string }[];
  onText: (text: string) => void;
}

export function Select(props: SelectProps) {
  const { id, label, hint, error, remark, optional, value, options, onText, ...native } = props;
  const around = { id, label, hint, error, remark, optional: optional ?? false };
  return (
    <Surround around={around}>
      <select
        {...native}
        id={id}
        className="input input-medium"
        value={value}
        onChange={(event) => onText(event.target.value)}
        aria-invalid={error ? true : undefined}
        aria-describedby={ids(around)}
      >
        <option value="">{t("choose")}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Surround>
  );
}

interface BoxProps extends Omit<Around, "optional"> {
  checked: boolean;
  onTick: (ticked: boolean) => void;
}

export function Checkbox({ checked, onTick, ...around }: BoxProps) {
  const { id, label, hint } = around;
  return (
    <div className={around.error ? "field field-wrong" : "field"}>
      <div className="tick">
        <input
          type="checkbox"
          id={id}
          checked={checked}
          onChange={(event) => onTick(event.target.checked)}
          aria-invalid={around.error ? true : undefined}
          aria-describedby={ids(around)}
        />
        <label htmlFor={id}>{label}</label>
      </div>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Remarks {...around} />
    </div>
  );
}

interface YesNoProps extends Around {
  value: boolean | undefined;
  onChoose: (yes: boolean) => void;
  /** Whether the legend is the question itself, in full length. */
  question?: boolean;
}

/** Two radio buttons without a default. The first one carries the id, so that an error can lead there. */
export function YesNo({ value, onChoose, question = false, ...around }: YesNoProps) {
  const { id, label, hint } = around;
  return (
    <fieldset className={around.error ? "field field-wrong" : "field"} aria-describedby={ids(around)}>
      <legend className={question ? "question-text" : undefined}>{label}</legend>
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div className="choices">
        {[true, false].map((yes) => (
          <label className="choice" key={String(yes)}>
            <input
              type="radio"
              id={yes ? id : `${id}-no`}
              name={id}
              checked={value === yes}
              onChange={() => onChoose(yes)}
            />
            <span>{yes ? t("yes") : t("no")}</span>
          </label>
        ))}
      </div>
      <Remarks {...around} />
    </fieldset>
  );
}
