import { useState } from "react";
import type { SignatureChoices } from "../api/types";
import { Remarks } from "../components/inputs";
import { fileSize, t } from "../i18n";

interface Props {
  limits: SignatureChoices["image_limits"];
  onImage: (image: string | undefined) => void;
  error: string | undefined;
}

/** A picture of a signature from a file, handed on as a data: address; none while it is too large. */
export function SignatureFile({ limits, onImage, error }: Props) {
  const [large, setLarge] = useState(false);
  const choose = (file: File | undefined) => {
    onImage(undefined);
    setLarge(file !== undefined && file.size > limits.bytes);
    if (!file || file.size > limits.bytes) return;
    const reader = new FileReader();
    reader.onload = () => onImage(String(reader.result));
    reader.readAsDataURL(file);
  };
  const problem = large ? t("adopt.image.large", { size: fileSize(limits.bytes) }) : error;
  return (
    <div className={problem ? "field field-wrong" : "field"}>
      <label htmlFor="signature-image">{t("adopt.image")}</label>
      <p className="hint" id="signature-image-hint">
        {t("adopt.image.hint", { size: fileSize(limits.bytes) })}
      </p>
      <input
        type="file"
        id="signature-image"
        className="file-input"
        accept={limits.types.join(",")}
        aria-describedby="signature-image-hint"
        onChange={(event) => choose(event.target.files?.[0])}
      />
      <Remarks id="signature-image" error={problem} />
    </div>
  );
}
