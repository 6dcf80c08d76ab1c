/** When half-typed answers are saved: a moment after the last key, when the page is hidden or left, one save at a time. */
import { saveBeforeLeaving } from "../unsaved";

const DRAFT_AFTER_MS = 1200;
const RETRY_AFTER_MS = 5000;

export interface Draft {
  isUnsaved: () => boolean;
  /** Save what is unsaved. `keepalive` lets it outlive the page. Tells whether it came to an end, or is to be tried again. */
  save: (keepalive: boolean) => Promise<"done" | "later">;
}

export class DraftKeeper {
  #draft: Draft;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #line: Promise<unknown> = Promise.resolve();

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  /** Save once nothing has changed for a moment. */
  plan(after = DRAFT_AFTER_MS): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), after);
  }

  /** Save now, instead of what is planned. Never fails. */
  flush(keepalive = false): Promise<void> {
    return this.inTurn(async () => {
      if ((await this.#draft.save(keepalive)) === "later") this.plan(RETRY_AFTER_MS);
    }).catch(() => undefined);
  }

  /** Run an act after the saves before it, instead of a save that is planned. Throws what the act throws. */
  inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    clearTimeout(this.#timer);
    const turn = this.#line.then(act);
    this.#line = turn.catch(() => undefined);
    return turn;
  }

  /** Save whenever the page is hidden, closed, or logged out of. Returns how to stop. */
  watchPage(): () => void {
    const hide = () => {
      if (document.visibilityState === "hidden") void this.flush(true);
    };
    const unload = (event: BeforeUnloadEvent) => {
      if (!this.#draft.isUnsaved()) return;
      void this.flush(true);
      event.preventDefault();
    };
    document.addEventListener("visibilitychange", hide);
    addEventListener("beforeunload", unload);
    const stay = saveBeforeLeaving(() => this.flush());
    return () => {
      stay();
      document.removeEventListener("visibilitychange", hide);
      removeEventListener("beforeunload", unload);
    };
  }
}
