import { useEffect, useState } from "react";
import type { SignatureChoices } from "../api/types";
import { bytes } from "../api/client";

type Method = NonNullable<SignatureChoices["adopted"]>["method"];

/** The address of a drawn or uploaded signature as the renderer draws it; a typed one is shown in its letters. */
export function useSignaturePicture(method: Method | undefined): string | undefined {
  const [picture, setPicture] = useState<string>();
  useEffect(() => {
    if (!method || method === "typed") return undefined;
    let shown: string | undefined;
    let wanted = true;
    bytes("/packet/signature/preview")
      .then((drawn) => {
        if (!wanted) return;
        shown = URL.createObjectURL(new Blob([drawn], { type: "image/png" }));
        setPicture(shown);
      })
      .catch(() => undefined); // the line then says in words that it is signed
    return () => {
      wanted = false;
      if (shown) URL.revokeObjectURL(shown);
    };
  }, [method]);
  return picture;
}
