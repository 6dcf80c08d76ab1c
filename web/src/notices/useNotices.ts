import { useCallback, useEffect, useState } from "react";
import type { Notices } from "../api/types";
import { api } from "../api/client";
import { useAct } from "../components/useAct";
import { usePacket } from "../session";

/** The agent's notices, read again when the packet moves. `wanted` is false where there cannot be any. */
export function useNotices(wanted = true) {
  const { status } = usePacket();
  const [notices, setNotices] = useState<Notices>();
  const { failure, run } = useAct();
  const load = useCallback(() => run(async () => setNotices(await api<Notices>("GET", "/packet/notices"))), [run]);
  useEffect(() => {
    if (wanted) void load();
  }, [wanted, status, load]);
  return { notices, failure, load };
}
