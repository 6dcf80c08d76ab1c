import type { SignatureChoices, SigningField } from "../api/types";
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

/** What will be sealed on a line: as the API tells it, or of the adoption when the line was signed a moment ago. */
function sealedMark(field: SigningField, { adopted }: SignatureChoices): SigningField["mark"] {
  if (field.kind !== "signature" && field.kind !== "initials") return null;
  if (field.mark) return field.mark;
  if (!adopted) return null;
  const picture = field.kind === "signature" && adopted.method !== "typed";
  return { text: field.kind === "signature" ? adopted.full_name : adopted.initials, style: adopted.style, picture };
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
    const mark = sealedMark(field, choices);
    return (
      <span className="tag tag-signed" style={place}>
        {mark?.picture && picture ? (
          <img className="tag-picture" src={picture} alt="" />
        ) : mark && !mark.picture ? (
          <span className={`tag-mark style-${mark.style}`}>{mark.text}</span>
        ) : (
          <span className="tag-plain">
            {field.kind === "date" ? day(field.signed_on ?? field.signed_at) : `✓ ${t("sign.state.done")}`}
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
  // An act of its own and an acknowledgment are made below the page, where their statement stands.
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
