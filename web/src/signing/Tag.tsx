import type { SignatureChoices, SigningField } from "../api/answers";
import { day, t } from "../i18n";
import { lineId, verb } from "./line";

interface Props {
  field: SigningField;
  size: { width: number; height: number };
  choices: SignatureChoices;
  /** The adopted signature if it is drawn or uploaded, as the renderer draws it. */
  picture: string | undefined;
  busy: boolean;
  onSign: (() => void) | undefined;
}

/** A line on the page: a button until it is signed, then the mark. */
export function Tag({ field, size, choices, picture, busy, onSign }: Props) {
  const place = {
    left: `${(field.x / size.width) * 100}%`,
    top: `${(field.y / size.height) * 100}%`,
    width: `${(field.width / size.width) * 100}%`,
    height: `${(field.height / size.height) * 100}%`,
  };
  if (field.signed_at) {
    const style = `style-${choices.adopted?.style ?? choices.styles[0]?.id}`;
    const typed = choices.adopted?.method === "typed";
    const mark =
      field.kind === "signature" && typed
        ? choices.full_name
        : field.kind === "initials"
          ? (choices.adopted?.initials ?? choices.initials)
          : undefined;
    return (
      <span className="tag tag-signed" style={place}>
        {field.kind === "signature" && !typed && picture ? (
          <img className="tag-picture" src={picture} alt="" />
        ) : mark !== undefined ? (
          <span className={`tag-mark ${style}`}>{mark}</span>
        ) : (
          <span className="tag-plain">
            {field.kind === "date" ? day(field.signed_at) : `✓ ${t("sign.state.done")}`}
          </span>
        )}
        <span className="sr-only">
          {" "}
          {field.label} {t("sign.state.done")}
        </span>
      </span>
    );
  }
  if (field.kind === "date")
    return (
      <span className="tag tag-date" style={place}>
        <span className="sr-only">{field.label}: </span>
        {t("sign.date")}
      </span>
    );
  // An act of its own and an acknowledgement are made below the page, where their statement stands.
  if (!onSign || field.kind === "acknowledge")
    return (
      <a
        className="tag tag-open"
        style={place}
        href={`#${lineId(field)}`}
        onClick={(event) => {
          event.preventDefault();
          document.getElementById(lineId(field))?.focus();
        }}
      >
        {t("sign.below")}
        <span className="sr-only"> {field.label}</span>
      </a>
    );
  return (
    <button
      type="button"
      id={lineId(field)}
      className="tag tag-open"
      style={place}
      aria-disabled={busy || undefined}
      onClick={() => !busy && onSign()}
    >
      {busy ? t("working") : verb(field)}
      <span className="sr-only"> {field.label}</span>
    </button>
  );
}
