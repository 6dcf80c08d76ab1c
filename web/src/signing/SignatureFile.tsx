import { useRef, useState } from "react";
import type { SignatureChoices } from "../api/types";
import { Remarks } from "../components/inputs";
import { fileSize, t } from "../i18n";
import { signatureToSend } from "../pictures";

interface Props {
  limits: SignatureChoices["image_limits"];
  onImage: (image: string | undefined) => void;
  error: string | undefined;
}

/** A picture of a signature from a file, trimmed and made small enough, handed on as a data: address. */
export function SignatureFile({ limits, onImage, error }: Props) {
  const [large, setLarge] = useState(false);
  const [busy, setBusy] = useState(false);
  const newest = useRef<File>(undefined); // making a picture smaller takes its time, in which another may be chosen
  const choose = async (file: File | undefined) => {
    newest.current = file;
    onImage(undefined);
    setLarge(false);
    if (!file) return;
    setBusy(true);
    const ready = await signatureToSend(file, limits).catch(() => file);
    if (newest.current !== file) return;
    setBusy(false);
    if (ready.size > limits.bytes) return setLarge(true);
    const reader = new FileReader();
    reader.onload = () => newest.current === file && onImage(String(reader.result));
    reader.readAsDataURL(ready);
  };
  const size = fileSize(limits.bytes);
  const problem = large ? t("adopt.image.large", { size }) : error;
  return (
    <div className={problem ? "field field-wrong" : "field"}>
      <label htmlFor="signature-image">{t("adopt.image")}</label>
      <p className="hint" id="signature-image-hint">
        {t("adopt.image.hint", { size })}
      </p>
      <input
        type="file"
        id="signature-image"
        className="file-input"
        accept={[...limits.types, "image/*"].join(",")}
        aria-describedby="signature-image-hint"
        onChange={(event) => void choose(event.target.files?.[0])}
      />
      <p role="status" className={busy ? "waiting" : "sr-only"}>
        {busy && t("adopt.image.busy")}
      </p>
      <Remarks id="signature-image" error={problem} />
    </div>
  );
}
