import { useCallback, useEffect, useRef, useState } from "react";

export interface Destination {
  /** The document it lies in, or undefined if it is there with any. */
  documentId?: string;
  /** Put the focus there. Tells whether it was there to be gone to. */
  go: () => boolean;
}

/** Goes to a place in the present document as soon as it is there: at once, or when `onDrawn` says that more is in view. */
export function useGoTo(documentId: string): { goTo: (destination: Destination) => void; onDrawn: () => void } {
  const [destination, goTo] = useState<Destination>();
  const reached = useRef<Destination>(undefined);
  const look = useCallback(() => {
    if (!destination || destination === reached.current) return;
    const elsewhere = destination.documentId !== undefined && destination.documentId !== documentId;
    if (!elsewhere && destination.go()) reached.current = destination;
  }, [destination, documentId]);
  useEffect(look, [look]);
  return { goTo, onDrawn: look };
}
