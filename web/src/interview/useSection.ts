/** One section on the screen. What happens to it stands in sectionState, when and how it is saved in sectionStore. */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { SectionState } from "./sectionState";
import { SectionStore } from "./sectionStore";

interface Options {
  packet: string;
  name: string;
  /** Drafts are kept for a packet in the making; a correction is saved as a whole. */
  drafts: boolean;
  /** In which it is answered: another one is read again. */
  language: string;
}

type Acts = Pick<SectionStore, "change" | "leaveField" | "submit" | "onWay" | "settle" | "settled" | "read">;

/** The section with this name for as long as the component lives: another one needs another `key`. */
export function useSection({ packet, name, drafts, language }: Options): SectionState & Acts {
  const [store] = useState(() => new SectionStore(packet, name));
  const state = useSyncExternalStore(store.subscribe, store.state);
  useEffect(() => void store.read(), [store]);
  useEffect(() => store.show(drafts), [store, drafts]);
  const read = useRef(language);
  useEffect(() => {
    if (read.current === language) return;
    read.current = language;
    void store.readAgain();
  }, [store, language]);
  const { change, leaveField, submit, onWay, settle, settled } = store;
  return { ...state, change, leaveField, submit, onWay, settle, settled, read: store.read };
}
