import { useEffect, useRef } from "react";

/** Where a list of places is a strip that scrolls sideways, the present place is brought into it. */
export function useStrip(current: string) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const here = list.current?.querySelector<HTMLElement>("[aria-current]")?.parentElement;
    if (list.current && here) list.current.scrollLeft = here.offsetLeft - list.current.offsetLeft - 16;
  }, [current]);
  return list;
}
