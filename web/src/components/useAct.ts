import { useCallback, useState } from "react";
import { type FieldProblem, Offline, Problem } from "../api/client";
import { t } from "../i18n";

/** What a person is told about a failure, in words that name every rule broken. */
export function words(error: unknown): string {
  if (error instanceof Offline) return t("offline.act");
  if (error instanceof Problem && error.status === 429)
    return t("tooMany", { minutes: Math.max(1, Math.ceil((error.retryAfter ?? 60) / 60)) });
  if (error instanceof Problem && error.errors.length > 0) return error.errors.map((one) => one.message).join(" ");
  if (error instanceof Problem && error.message) return error.message;
  return t("failed");
}

interface Act {
  busy: boolean;
  /** What went wrong, in words. */
  failure: string | undefined;
  /** Run an act; a refusal becomes words. Tells whether it was done. */
  run: (act: () => Promise<void>) => Promise<boolean>;
}

/** An act without fields of its own: whatever is refused is said as a whole. */
export function useAct(placeErrors?: (errors: FieldProblem[]) => void): Act {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();

  const run = useCallback(
    async (act: () => Promise<void>) => {
      setBusy(true);
      setFailure(undefined);
      try {
        await act();
        return true;
      } catch (error) {
        if (placeErrors && error instanceof Problem && error.errors.length > 0) placeErrors(error.errors);
        else if (!(error instanceof Problem && error.code === "not-signed-in")) setFailure(words(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [placeErrors],
  );

  return { busy, failure, run };
}

interface FormAct extends Act {
  /** Refusals that belong to fields; the form shows each at its field. */
  errors: FieldProblem[];
  /** Grows with each refusal, so that the same errors take the focus again. */
  attempt: number;
  refuse: (errors: FieldProblem[]) => void;
}

/** The act of a form, which must show `errors` at its fields: they are not in `failure`. */
export function useFormAct(): FormAct {
  const [errors, setErrors] = useState<FieldProblem[]>([]);
  const [attempt, setAttempt] = useState(0);

  const refuse = useCallback((found: FieldProblem[]) => {
    setErrors(found);
    setAttempt((count) => count + 1);
  }, []);

  const { busy, failure, run: act } = useAct(refuse);
  const run = useCallback(
    (doing: () => Promise<void>) => {
      setErrors([]);
      return act(doing);
    },
    [act],
  );

  return { busy, failure, errors, attempt, run, refuse };
}
