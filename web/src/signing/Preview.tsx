import { useEffect, useState } from "react";
import { bytes, Problem, type FieldProblem } from "../api/client";
import { t } from "../i18n";
import type { Strokes } from "./SignaturePad";

/** A signature as someone would like to adopt it. */
export interface Wish {
  full_name: string;
  initials: string;
  style?: string;
  strokes?: Strokes;
  image?: string;
}

const AFTER_MS = 500;

interface Props {
  wish: Wish;
  /** What cannot be drawn, and why. */
  onRefused: (errors: FieldProblem[]) => void;
}

/** The signature and the initials as they will stand in the documents, drawn by what draws them there. */
export function Preview({ wish, onRefused }: Props) {
  const [picture, setPicture] = useState<string>();
  const wanted = JSON.stringify(wish);

  useEffect(() => {
    let waiting = true;
    const ask = async () => {
      try {
        const drawn = await bytes("/packet/signature/preview", { body: JSON.parse(wanted) as Wish }, "POST");
        if (!waiting) return;
        setPicture(URL.createObjectURL(new Blob([drawn], { type: "image/png" })));
        onRefused([]);
      } catch (error) {
        if (!waiting) return;
        setPicture(undefined);
        onRefused(error instanceof Problem ? error.errors : []);
      }
    };
    const timer = setTimeout(() => void ask(), AFTER_MS);
    return () => {
      waiting = false;
      clearTimeout(timer);
    };
  }, [wanted, onRefused]);

  useEffect(() => {
    if (picture) return () => URL.revokeObjectURL(picture);
    return undefined;
  }, [picture]);

  return (
    <div className="preview" role="group" aria-labelledby="preview-title">
      <p className="preview-title" id="preview-title">
        {t("adopt.preview")}
      </p>
      {picture ? (
        <img src={picture} alt={t("adopt.preview.alt", { name: wish.full_name, initials: wish.initials })} />
      ) : (
        <p className="hint">{t("adopt.preview.none")}</p>
      )}
      <p className="fine">{t("adopt.preview.note")}</p>
    </div>
  );
}
