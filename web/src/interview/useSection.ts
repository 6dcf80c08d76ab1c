/** One section on the screen: read, saved as a draft while it is typed, completed, and reconciled with other devices. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Answer, Answers, Saved, Section } from "../api/answers";
import { api, type FieldProblem, Offline, Problem } from "../api/client";
import { words } from "../components/useAct";
import { keepTyped, saveBeforeLeaving, takeTyped } from "../unsaved";
import { type Difference, having, merged, sent, top } from "./model";

const DRAFT_AFTER_MS = 1200;
const RETRY_AFTER_MS = 5000;

export type SaveState = { kind: "idle" | "waiting" | "saving" | "offline" } | { kind: "saved"; at: Date };

interface Options {
  packet: string;
  name: string;
  /** Drafts are kept for a packet in the making; a correction is saved as a whole. */
  drafts: boolean;
}

export interface SectionOnScreen {
  section: Section | undefined;
  answers: Answers;
  retyped: ReadonlySet<string>;
  errors: FieldProblem[];
  warnings: FieldProblem[];
  attempt: number;
  saveState: SaveState;
  submitting: boolean;
  failure: string | undefined;
  /** What another device saved differently meanwhile, waiting for the person to choose. */
  differences: Difference[];
  takenOver: boolean;
  change: (path: string, value: Answer) => void;
  leaveField: (path: string) => void;
  submit: () => Promise<Saved | undefined>;
  /** Saving waits for this part of an answer, and stays here unless it comes to true. */
  onWay: (part: Promise<boolean>) => void;
  settle: (chosen: Record<string, Answer>) => void;
  /** Take a remark as settled. */
  settled: (remarks: FieldProblem[]) => void;
  setErrors: (errors: FieldProblem[]) => void;
  reload: () => void;
}

export function useSection({ packet, name, drafts }: Options): SectionOnScreen {
  const [section, setSection] = useState<Section>();
  const [answers, setAnswersState] = useState<Answers>({});
  const [retyped, setRetypedState] = useState<ReadonlySet<string>>(new Set());
  const [errors, setErrors] = useState<FieldProblem[]>([]);
  const [warnings, setWarnings] = useState<FieldProblem[]>([]);
  const [attempt, setAttempt] = useState(0);
  const [saveState, setSaveState] = useState<SaveState>({ kind: "idle" });
  const [submitting, setSubmitting] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [differences, setDifferences] = useState<Difference[]>([]);
  const [takenOver, setTakenOver] = useState(false);

  // What saving needs at the moment it runs, not at the moment it was planned.
  const now = useRef({
    section: undefined as Section | undefined,
    answers: {} as Answers,
    retyped: new Set<string>() as ReadonlySet<string>,
    base: {} as Answers,
    version: 0,
    changes: 0,
    savedChanges: 0,
    left: new Set<string>(),
    blocked: false,
  });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const planned = useRef<() => void>(() => undefined);
  const parts = useRef(new Set<Promise<boolean>>());

  const setAnswers = (value: Answers) => {
    now.current.answers = value;
    setAnswersState(value);
  };
  const setRetyped = (value: ReadonlySet<string>) => {
    now.current.retyped = value;
    setRetypedState(value);
  };

  const show = useCallback((found: Section) => {
    Object.assign(now.current, {
      section: found,
      base: found.answers,
      version: found.version,
      changes: 0,
      savedChanges: 0,
    });
    setSection(found);
    setAnswers(found.answers);
    setRetyped(new Set());
    setWarnings(found.warnings);
  }, []);

  const read = useCallback(async () => {
    setFailure(undefined);
    try {
      const found = await api<Section>("GET", "/packet/interview/{section}", { params: { section: name } });
      show(found);
      const typed = takeTyped(packet, name);
      if (!typed) return;
      const { answers: together, differences: unlike } = merged(found, typed.base, typed.answers, found.answers);
      now.current.changes = 1;
      now.current.blocked = unlike.length > 0;
      setAnswers(together);
      setRetyped(typed.retyped);
      setDifferences(unlike);
      setSaveState({ kind: "waiting" });
      planned.current();
    } catch (error) {
      setFailure(words(error));
    }
  }, [packet, name, show]);

  useEffect(() => {
    void read();
  }, [read]);

  /** Somebody saved in between: take what only they changed, ask about the rest. Tells whether saving can go on. */
  const reconcile = useCallback(async (): Promise<boolean> => {
    const theirs = await api<Section>("GET", "/packet/interview/{section}", { params: { section: name } });
    const state = now.current;
    const { answers: together, differences: found } = merged(theirs, state.base, state.answers, theirs.answers);
    Object.assign(state, { section: theirs, base: theirs.answers, version: theirs.version });
    setSection(theirs);
    setAnswers(together);
    setDifferences(found);
    setTakenOver(true);
    state.blocked = found.length > 0;
    return found.length === 0;
  }, [name]);

  const put = useCallback(
    async (body: Answers, draft: boolean, keepalive = false): Promise<Saved> => {
      const call = {
        params: { section: name },
        body,
        version: now.current.version,
        keepalive,
        ...(draft ? { query: { draft: "true" } } : {}),
      };
      const saved = await api<Saved>("PUT", "/packet/interview/{section}", call);
      now.current.version = saved.version;
      return saved;
    },
    [name],
  );

  const saveDraft = useCallback(
    async (keepalive: boolean): Promise<void> => {
      const state = now.current;
      if (!state.section || state.changes === state.savedChanges || state.blocked) return;
      const upTo = state.changes;
      const typed = state.answers;
      const body = sent(state.section, typed, state.retyped, true);
      setSaveState({ kind: "saving" });
      for (let again = 0; again < 3; again++) {
        try {
          const saved = await put(body, true, keepalive);
          state.savedChanges = upTo;
          state.base = { ...state.base, ...body };
          const carried = new Set(Object.keys(body));
          if (state.changes === upTo) setRetyped(new Set([...state.retyped].filter((one) => !carried.has(one))));
          setWarnings(saved.warnings.filter((warning) => state.left.has(warning.field)));
          setSaveState(state.changes === upTo ? { kind: "saved", at: new Date() } : { kind: "waiting" });
          return;
        } catch (error) {
          if (error instanceof Problem && error.code === "stale-version") {
            if (!(await reconcile())) return setSaveState({ kind: "waiting" });
            Object.assign(body, sent(now.current.section ?? state.section, now.current.answers, state.retyped, true));
          } else if (error instanceof Problem && error.errors.length > 0) {
            // Not even a draft takes these: keep the rest, and say so at the fields the person has left.
            const refused = error.errors.filter((one) => top(one.field) in body);
            setErrors((before) => [
              ...before.filter((one) => !refused.some((other) => other.field === one.field)),
              ...refused.filter((one) => state.left.has(one.field)),
            ]);
            if (refused.length === 0) return setSaveState({ kind: "waiting" });
            for (const one of refused) delete body[top(one.field)];
          } else if (error instanceof Offline || (error instanceof Problem && error.status >= 500)) {
            setSaveState({ kind: "offline" });
            timer.current = setTimeout(() => flush(), RETRY_AFTER_MS);
            return;
          } else {
            return setSaveState({ kind: "waiting" });
          }
        }
      }
    },
    // eslint-disable-next-line
    [put, reconcile],
  );

  const flush = useCallback(
    (keepalive = false): Promise<unknown> => {
      clearTimeout(timer.current);
      line.current = line.current.then(() => (drafts ? saveDraft(keepalive) : undefined)).catch(() => undefined);
      return line.current;
    },
    [drafts, saveDraft],
  );

  const plan = useCallback(() => {
    if (!drafts) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void flush(), DRAFT_AFTER_MS);
  }, [drafts, flush]);
  planned.current = plan;

  useEffect(() => {
    const hide = () => {
      if (document.visibilityState === "hidden") void flush(true);
    };
    const unload = (event: BeforeUnloadEvent) => {
      if (now.current.changes !== now.current.savedChanges) {
        void flush(true);
        event.preventDefault();
      }
    };
    document.addEventListener("visibilitychange", hide);
    addEventListener("beforeunload", unload);
    const stay = saveBeforeLeaving(flush);
    return () => {
      stay();
      document.removeEventListener("visibilitychange", hide);
      removeEventListener("beforeunload", unload);
      void flush().then(() => {
        const { changes, savedChanges, base, answers, retyped } = now.current;
        if (changes !== savedChanges) keepTyped({ packet, section: name, base, answers, retyped });
      });
    };
  }, [packet, name, flush]);

  const change = useCallback(
    (path: string, value: Answer) => {
      const state = now.current;
      state.changes += 1;
      setAnswers(having(state.answers, path, value));
      const name = top(path);
      const field = state.section?.fields.find((one) => one.name === name || one.typed_twice_as === name);
      const isQuestion = state.section?.questions?.some((one) => one.code === name) ?? false;
      if (field?.sensitive || isQuestion) setRetyped(new Set([...state.retyped, field?.name ?? name]));
      setErrors((before) => before.filter((one) => one.field !== path && !(isQuestion && one.field === name)));
      setSaveState({ kind: "waiting" });
      plan();
    },
    [plan],
  );

  const leaveField = useCallback((path: string) => {
    now.current.left.add(path);
  }, []);

  const onWay = useCallback((part: Promise<boolean>) => {
    parts.current.add(part);
    void part.finally(() => parts.current.delete(part));
  }, []);

  const submit = useCallback(async (): Promise<Saved | undefined> => {
    setSubmitting(true);
    setFailure(undefined);
    try {
      const arrived = await Promise.all(parts.current);
      if (arrived.includes(false)) return undefined;
      clearTimeout(timer.current);
      await line.current;
      const state = now.current;
      if (!state.section || state.blocked) return undefined;
      for (let again = 0; again < 3; again++) {
        try {
          const upTo = state.changes;
          const saved = await put(sent(state.section, state.answers, state.retyped, false), false);
          state.savedChanges = upTo;
          setErrors([]);
          setWarnings(saved.warnings);
          return saved;
        } catch (error) {
          if (!(error instanceof Problem && error.code === "stale-version")) throw error;
          if (!(await reconcile())) return undefined;
        }
      }
      return undefined;
    } catch (error) {
      if (error instanceof Problem && error.errors.length > 0) {
        setErrors(error.errors);
        setAttempt((count) => count + 1);
      } else if (!(error instanceof Problem && error.code === "not-signed-in")) {
        setFailure(words(error));
      }
      return undefined;
    } finally {
      setSubmitting(false);
    }
  }, [put, reconcile]);

  const settle = useCallback(
    (chosen: Record<string, Answer>) => {
      let answers = now.current.answers;
      for (const [path, value] of Object.entries(chosen)) answers = having(answers, path, value);
      now.current.blocked = false;
      now.current.changes += 1;
      setAnswers(answers);
      setDifferences([]);
      setTakenOver(false);
      plan();
    },
    [plan],
  );

  return {
    section,
    answers,
    retyped,
    errors,
    warnings,
    attempt,
    saveState,
    submitting,
    failure,
    differences,
    takenOver,
    change,
    leaveField,
    submit,
    onWay,
    settle,
    settled: (remarks) => setWarnings((before) => before.filter((one) => !remarks.includes(one))),
    setErrors,
    reload: () => void read(),
  };
}
