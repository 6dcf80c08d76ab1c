import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from "react";
import type { Announced, Attachment, Section } from "../api/types";
import { api, newKey } from "../api/client";
import { Button } from "../components/Button";
import { Remarks } from "../components/inputs";
import { words } from "../components/useAct";
import { fileSize, t } from "../i18n";
import { readyToSend } from "../pictures";

interface Props {
  id: string;
  allowed: NonNullable<Section["attachments"]>;
  attached: string[];
  onAttached: (ids: string[]) => void;
  files: Attachment[];
  setFiles: Dispatch<SetStateAction<Attachment[]>>;
  /** Told of a file on its way, which comes to whether it was attached. */
  onWay: (upload: Promise<boolean>) => void;
  error: string | undefined;
  remark: string | undefined;
  needed: boolean;
}

/** Supporting files: announced, sent straight to storage, then looked at by the API before they count. */
export function Uploads(props: Props) {
  const { id, allowed, attached, onAttached, files, setFiles, onWay, error, remark, needed } = props;
  const chooser = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [said, setSaid] = useState("");
  // An upload takes its time, in which other files may be taken away.
  const now = useRef(attached);
  useEffect(() => {
    now.current = attached;
  }, [attached]);

  const upload = async (file: File): Promise<boolean> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const found = await send(await readyToSend(file, allowed).catch(() => file));
      setFiles((known) => [...known.filter((one) => one.attachment_id !== found.attachment_id), found]);
      if (found.status === "PASSED") {
        onAttached([...now.current, found.attachment_id]);
        setSaid(t("upload.done", { name: found.file_name }));
        return true;
      }
      setRefusal(found.message ?? t("upload.refused"));
    } catch (problem) {
      setRefusal(words(problem));
    } finally {
      setBusy(false);
      if (chooser.current) chooser.current.value = "";
    }
    return false;
  };

  const remove = async (attachment: string) => {
    onAttached(attached.filter((one) => one !== attachment));
    await api("DELETE", "/packet/attachments/{attachment_id}", { params: { attachment_id: attachment } }).catch(
      () => undefined,
    );
    chooser.current?.focus();
  };

  const full = attached.length >= allowed.per_question;
  return (
    <div className={error || refusal ? "field field-wrong uploads" : "field uploads"}>
      <label htmlFor={id}>
        {t("upload.label")}
        {!needed && <span className="optional"> {t("optional")}</span>}
      </label>
      <p className="hint" id={`${id}-hint`}>
        {t("upload.hint", {
          size: fileSize(allowed.largest),
          n: allowed.per_question,
          most: allowed.most,
          together: fileSize(allowed.together),
          megapixels: allowed.pixels / 1_000_000,
        })}
      </p>
      {attached.length > 0 && (
        <ul className="file-list">
          {attached.map((one) => {
            const file = files.find((each) => each.attachment_id === one);
            return (
              <li key={one}>
                <span>
                  {file ? file.file_name : t("upload.file")}
                  {file && <span className="fine"> {fileSize(file.size)}</span>}
                </span>
                <Button kind="quiet" onClick={() => void remove(one)}>
                  {t("upload.remove")}
                  <span className="sr-only"> {file?.file_name}</span>
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      <input
        ref={chooser}
        type="file"
        id={id}
        className="file-input"
        accept={[...allowed.content_types, ...allowed.endings, "image/*"].join(",")}
        disabled={busy || full}
        aria-describedby={`${id}-hint`}
        aria-invalid={error || refusal ? true : undefined}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) onWay(upload(file));
        }}
      />
      <p role="status" className={busy ? "waiting" : "sr-only"}>
        {busy ? t("upload.busy") : said}
      </p>
      <Remarks id={id} error={refusal ?? error} remark={remark} />
    </div>
  );
}

async function send(file: File): Promise<Attachment> {
  const { attachment_id, upload } = await api<Announced>("POST", "/packet/attachments", {
    body: { file_name: file.name, content_type: file.type, size: file.size },
    key: newKey(),
  });
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append("file", file);
  // Storage is another origin and need not answer us: whether the file arrived, the next call tells.
  await fetch(upload.url, { method: "POST", body: form, mode: "no-cors", credentials: "omit" });
  return api<Attachment>("POST", "/packet/attachments/{attachment_id}/complete", {
    params: { attachment_id },
    key: newKey(),
  });
}
