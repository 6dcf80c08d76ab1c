/** What the inputs of a section are given: the answers, and what to do when one changes. */
import type { Answer, Field } from "../api/types";

export interface Ask {
  value: (path: string) => Answer;
  change: (path: string, value: Answer) => void;
  leave: (path: string) => void;
  error: (path: string) => string | undefined;
  remark: (path: string) => string | undefined;
  /** Whether a path may be changed; while a correction is asked for, few may. */
  open: (path: string) => boolean;
  /** Saving waits for it, and stays here unless it comes to true. */
  onWay: (part: Promise<boolean>) => void;
}

export const idOf = (path: string): string => `answer-${path.replace(/[^A-Za-z0-9]+/g, "-")}`;

export interface FieldProps {
  field: Field;
  path: string;
  ask: Ask;
}
