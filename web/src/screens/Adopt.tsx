import "../styles/signatures.css";
import { useCallback, useEffect, useState } from "react";
import type { SignatureChoices } from "../api/types";
import { api, type FieldProblem, Problem } from "../api/client";
import { Button } from "../components/Button";
import { ErrorSummary } from "../components/ErrorSummary";
import { Remarks, TextInput } from "../components/inputs";
import { Loading } from "../components/Loading";
import { Reading } from "../components/Prose";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useAct, useFormAct } from "../components/useAct";
import { t } from "../i18n";
import { go } from "../router";
import { Preview, type Wish } from "../signing/Preview";
import { SignatureFile } from "../signing/SignatureFile";
import { SignaturePad, type Strokes } from "../signing/SignaturePad";
import { needsPassword, StepUp } from "../signing/StepUp";

type How = "typed" | "drawn" | "uploaded";

const IDS: Record<string, string> = {
  full_name: "full-name",
  initials: "initials",
  style: "style-0",
  image: "signature-image",
  strokes: "how-drawn",
};
const idOf = (path: string) => IDS[path] ?? "full-name";

/** The name, the initials and the look that mark everything signed from here on. */
export default function Adopt() {
  const [choices, setChoices] = useState<SignatureChoices>();
  const [name, setName] = useState("");
  const [initials, setInitials] = useState("");
  const [how, setHow] = useState<How>("typed");
  const [style, setStyle] = useState("");
  const [strokes, setStrokes] = useState<Strokes>([]);
  const [image, setImage] = useState<string>();
  const [asking, setAsking] = useState(false);
  const [undrawable, setUndrawable] = useState<FieldProblem[]>([]);
  const reading = useAct();
  const { busy, failure, errors, attempt, run } = useFormAct();
  const { run: read } = reading;

  const load = useCallback(
    () =>
      read(async () => {
        const found = await api<SignatureChoices>("GET", "/packet/signature");
        setChoices(found);
        setName(found.full_name);
        setInitials(found.initials);
        setStyle(found.adopted?.style ?? found.styles[0]?.id ?? "");
      }),
    [read],
  );
  useEffect(() => void load(), [load]);

  if (!choices) return <Loading failure={reading.failure} onRetry={() => void load()} />;

  const look = how === "typed" ? { style } : how === "drawn" ? { strokes } : image === undefined ? {} : { image };
  const wish: Wish = { full_name: name, initials, ...look };
  const drawable = how === "typed" ? style !== "" : how === "drawn" ? strokes.length > 0 : image !== undefined;

  const adopt = () =>
    run(async () => {
      try {
        await api("PUT", "/packet/signature", { body: wish });
      } catch (error) {
        if (needsPassword(error)) return setAsking(true);
        if (error instanceof Problem && error.code === "consent-required") return go("/consent");
        throw error;
      }
      go("/sign");
    });
  const errorAt = (field: string) => errors.find((error) => error.field === field)?.message;
  // A picture that is none is said at once; a name that is still being typed is not.
  const unusable = undrawable.find((error) => error.field === "image")?.message;

  return (
    <Screen title={t("adopt.title")} eyebrow={t("sign.eyebrow")} lead={<p>{t("adopt.lead")}</p>}>
      {asking && (
        <StepUp
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            void adopt();
          }}
        />
      )}
      {choices.adopted && (
        <Notice kind="success">
          <p>
            {t("adopt.already")} <a href="#/sign">{t("adopt.already.go")}</a>
          </p>
        </Notice>
      )}
      <form
        className="card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void adopt();
        }}
      >
        <ErrorSummary errors={errors} idOf={idOf} attempt={attempt} />
        {failure && (
          <Notice kind="error" live>
            <p>{failure}</p>
          </Notice>
        )}
        <div className="pair pair-wide">
          <TextInput
            id="full-name"
            label={t("adopt.name")}
            hint={t("adopt.name.hint")}
            value={name}
            onText={setName}
            error={errorAt("full_name")}
            autoComplete="name"
          />
          <TextInput
            id="initials"
            label={t("adopt.initials")}
            value={initials}
            onText={setInitials}
            error={errorAt("initials")}
            autoComplete="off"
            width="short"
          />
        </div>
        <fieldset className="field">
          <legend>{t("adopt.how")}</legend>
          <div className="choices">
            {(["typed", "drawn", "uploaded"] as const).map((one) => (
              <label key={one} className="choice">
                <input type="radio" id={`how-${one}`} name="how" checked={how === one} onChange={() => setHow(one)} />
                <span>{t(`adopt.how.${one}`)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {how === "typed" && (
          <fieldset className="field">
            <legend>{t("adopt.style")}</legend>
            <div className="styles">
              {choices.styles.map((one, index) => (
                <label key={one.id} className="style-choice">
                  <input
                    type="radio"
                    id={`style-${index}`}
                    name="style"
                    checked={style === one.id}
                    onChange={() => setStyle(one.id)}
                    aria-label={t("adopt.style.named", { name: one.name })}
                  />
                  <span className={`specimen style-${one.id}`} aria-hidden="true">
                    {name || " "}
                  </span>
                  <span className={`specimen specimen-initials style-${one.id}`} aria-hidden="true">
                    {initials}
                  </span>
                </label>
              ))}
            </div>
            <Remarks id="style-0" error={errorAt("style")} />
          </fieldset>
        )}
        {how === "drawn" && (
          <>
            <SignaturePad strokes={strokes} onStrokes={setStrokes} />
            <Remarks id="how-drawn" error={errorAt("strokes")} />
          </>
        )}
        {how === "uploaded" && (
          <SignatureFile
            limits={choices.image_limits}
            onImage={(chosen) => {
              setImage(chosen);
              setUndrawable([]);
            }}
            error={errorAt("image") ?? unusable}
          />
        )}
        {drawable && <Preview wish={wish} onRefused={setUndrawable} />}
        <p className="statement" lang="en">
          {choices.statement}
        </p>
        <Reading of={choices.reading} />
        <div className="actions">
          <Button type="submit" busy={busy}>
            {t("adopt.button")}
          </Button>
          <a className="button button-quiet" href="#/sign">
            {t("adopt.look")}
          </a>
        </div>
      </form>
    </Screen>
  );
}
