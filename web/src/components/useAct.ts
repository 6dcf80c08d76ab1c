import { useCallback, useState } from "react";
import { type FieldProblem, Offline, Problem } from "../api/client";
import { t } from "../i18n";

/** What a person is told about a failure that no field explains. */
export function words(error: unknown): string {
  if (error instanceof Offline) return t("offline.act");
  if (error instanceof Problem && error.status === 429)
    return t("tooMany", { minutes: Math.max(1, Math.ceil((error.retryAfter ?? 60) / 60)) });
  if (error instanceof Problem && error.message) return error.message;
  return t("failed");
}

interface Act {
  busy: boolean;
  /** What went wrong as a whole, in words. */
  failure: string | undefined;
  errors: FieldProblem[];
  attempt: number;
  /** Run an act; refusals become errors and words. Tells whether it was done. */
  run: (act: () => Promise<void>) => Promise<boolean>;
  refuse: (errors: FieldProblem[]) => void;
  clear: () => void;
}

export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [errors, setErrors] = useState<FieldProblem[]>([]);
  const [attempt, setAttempt] = useState(0);

  const refuse = useCallback((found: FieldProblem[]) => {
    setErrors(found);
    setAttempt((count) => count + 1);
  }, []);

  const clear = useCallback(() => {
    setFailure(undefined);
    setErrors([]);
  }, []);

  const run = useCallback(
    async (act: () => Promise<void>) => {
      setBusy(true);
      clear();
      try {
        await act();
        return true;
      } catch (error) {
        if (error instanceof Problem && error.errors.length > 0) refuse(error.errors);
        else if (!(error instanceof Problem && error.code === "not-signed-in")) setFailure(words(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [clear, refuse],
  );

  return { busy, failure, errors, attempt, run, refuse, clear };
}
