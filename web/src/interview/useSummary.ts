import { useCallback, useEffect, useState } from "react";
import { api, newKey, Problem } from "../api/client";
import type { Summary } from "../api/types";
import { useAct } from "../components/useAct";
import { type Change, changes } from "./summary";

interface Known {
  /** Undefined until it is read. */
  summary: Summary | undefined;
  /** Why it could not be read, in words. */
  failure: string | undefined;
  /** What the summary on the screen shows otherwise than the one before, which could not be confirmed any more. */
  changed: Change[] | undefined;
  load: () => Promise<boolean>;
  /** Confirm exactly what is on the screen. False where it has changed: then the summary of now is on it. */
  confirm: () => Promise<boolean>;
}

/** Everything the documents will show. What is confirmed is the summary that was read. */
export function useSummary(): Known {
  const [summary, setSummary] = useState<Summary>();
  const [changed, setChanged] = useState<Change[]>();
  const [key] = useState(newKey);
  const { failure, run } = useAct();

  const load = useCallback(() => run(async () => setSummary(await api<Summary>("GET", "/packet/summary"))), [run]);
  useEffect(() => void load(), [load]);

  const confirm = useCallback(async () => {
    if (!summary) return false;
    try {
      await api("POST", "/packet/summary/confirm", { key, version: summary.version });
    } catch (error) {
      const now = error instanceof Problem && error.status === 412 ? (error.facts.summary as Summary) : undefined;
      if (!now) throw error;
      setChanged(changes(summary, now));
      setSummary(now);
      return false;
    }
    return true;
  }, [key, summary]);

  return { summary, failure, changed, load, confirm };
}
