/** A section between the page and the API: what is read, saved as a draft, completed, and reconciled with other devices. */
import type { Answer, Answers, Saved, Section } from "../api/types";
import { api, type FieldProblem, Offline, Problem } from "../api/client";
import { words } from "../components/useAct";
import { keepTyped, takeTyped } from "../unsaved";
import { DraftKeeper } from "./draftKeeper";
import { top } from "./model";
import { bodyOf, isBlocked, isUnsaved, reduce, type SectionEvent, type SectionState, UNREAD } from "./sectionState";

/** How often a save is tried that others keep overtaking. */
const ATTEMPTS = 3;

const isStale = (error: unknown): boolean => error instanceof Problem && error.code === "stale-version";
const refusals = (error: unknown): FieldProblem[] => (error instanceof Problem ? error.errors : []);

export class SectionStore {
  #packet: string;
  #name: string;
  #state = UNREAD;
  #listeners = new Set<() => void>();
  #withDrafts = false;
  /** How many screens show it: one, or none once it is left while something is still on its way. */
  #shown = 0;
  #keeper = new DraftKeeper({ isUnsaved: () => isUnsaved(this.#state), save: (keepalive) => this.#save(keepalive) });
  #parts = new Set<Promise<boolean>>();
  #reads = 0;

  constructor(packet: string, name: string) {
    this.#packet = packet;
    this.#name = name;
  }

  state = (): SectionState => this.#state;

  subscribe = (tell: () => void): (() => void) => {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  };

  #tell(event: SectionEvent): void {
    this.#state = reduce(this.#state, event);
    this.#listeners.forEach((tell) => tell());
  }

  /**
   * Keep what is typed while the section is on the screen: as drafts of a packet in the making, or nowhere, as a
   * correction is saved as a whole. Returns how to take it off the screen; what cannot be saved then stays in memory.
   */
  show(withDrafts: boolean): () => void {
    this.#withDrafts = withDrafts;
    this.#shown += 1;
    const unwatch = this.#keeper.watchPage();
    return () => {
      this.#shown -= 1;
      unwatch();
      void this.#keeper.flush();
    };
  }

  read = async (): Promise<void> => {
    this.#tell({ type: "reading" });
    const reading = ++this.#reads;
    try {
      const section = await this.#get();
      if (reading !== this.#reads) return; // what was typed is handed out once, to the last one
      const typed = this.#shown > 0 ? takeTyped(this.#packet, this.#name) : undefined;
      this.#tell({ type: "read", section, typed });
      if (typed) this.#plan();
    } catch (error) {
      this.#tell({ type: "unreadable", failure: words(error) });
    }
  };

  /** Read the section in another language. What is typed and cannot be saved now is handed over to the new reading. */
  readAgain = async (): Promise<void> => {
    await this.#keeper.flush();
    if (isUnsaved(this.#state)) {
      const { base, answers, retyped } = this.#state;
      keepTyped({ packet: this.#packet, section: this.#name, base, answers, retyped });
    }
    await this.read();
  };

  change = (path: string, value: Answer): void => {
    this.#tell({ type: "changed", path, value });
    this.#plan();
  };

  leaveField = (path: string): void => this.#tell({ type: "fieldLeft", path });

  /** Take these values where two devices differ. */
  settle = (answers: Record<string, Answer>): void => {
    this.#tell({ type: "chosen", answers });
    this.#plan();
  };

  /** Take remarks as settled. */
  settled = (remarks: FieldProblem[]): void => this.#tell({ type: "remarksSettled", remarks });

  /** Submitting waits for this part of an answer, and stays here unless it comes to true. */
  onWay = (part: Promise<boolean>): void => {
    this.#parts.add(part);
    void part.finally(() => this.#parts.delete(part));
  };

  /** Complete the section. Gives nothing if it was refused, failed or is in conflict; the state says why. */
  submit = async (): Promise<Saved | undefined> => {
    this.#tell({ type: "submitting" });
    try {
      const arrived = await Promise.all(this.#parts);
      if (arrived.includes(false)) return undefined;
      return await this.#keeper.inTurn(() => this.#complete());
    } catch (error) {
      const errors = refusals(error);
      if (errors.length > 0) this.#tell({ type: "submitRefused", errors });
      else if (!(error instanceof Problem && error.code === "not-signed-in"))
        this.#tell({ type: "submitFailed", failure: words(error) });
      return undefined;
    } finally {
      this.#tell({ type: "submitEnded" });
    }
  };

  async #complete(): Promise<Saved | undefined> {
    for (let attempt = 1; this.#state.section && !isBlocked(this.#state) && attempt <= ATTEMPTS; attempt++) {
      const upTo = this.#state.changes;
      const body = bodyOf(this.#state, false);
      try {
        const saved = await this.#put(body);
        this.#tell({ type: "submitted", upTo, body, saved });
        return saved;
      } catch (error) {
        if (!isStale(error)) throw error;
        await this.#reconcile();
      }
    }
    return undefined;
  }

  async #save(keepalive: boolean): Promise<"done" | "later"> {
    const outcome = await this.#saveDraft(keepalive);
    if (this.#shown === 0 && isUnsaved(this.#state)) {
      const { base, answers, retyped } = this.#state;
      keepTyped({ packet: this.#packet, section: this.#name, base, answers, retyped });
    }
    return outcome;
  }

  #plan(): void {
    if (this.#withDrafts) this.#keeper.plan();
  }

  async #saveDraft(keepalive: boolean): Promise<"done" | "later"> {
    const before = this.#state;
    if (!this.#withDrafts || !before.section || !isUnsaved(before) || isBlocked(before)) return "done";
    const upTo = before.changes;
    let body = bodyOf(before, true);
    this.#tell({ type: "draftSent" });
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        try {
          const saved = await this.#put(body, { query: { draft: "true" }, keepalive });
          this.#tell({ type: "draftSaved", upTo, body, saved, at: new Date() });
          return "done";
        } catch (error) {
          if (isStale(error)) {
            await this.#reconcile();
            if (isBlocked(this.#state)) break;
            body = { ...body, ...bodyOf(this.#state, true) };
            continue;
          }
          // Not even a draft takes these: the rest is kept.
          const refused = refusals(error).filter((one) => top(one.field) in body);
          if (refused.length === 0) throw error;
          this.#tell({ type: "draftRefused", errors: refused });
          const names = new Set(refused.map((one) => top(one.field)));
          body = Object.fromEntries(Object.entries(body).filter(([name]) => !names.has(name)));
        }
      }
    } catch (error) {
      if (error instanceof Offline || (error instanceof Problem && error.status >= 500)) {
        this.#tell({ type: "draftUnreachable" });
        return "later";
      }
    }
    this.#tell({ type: "draftWaits" });
    return "done";
  }

  #get(): Promise<Section> {
    return api<Section>("GET", "/packet/interview/{section}", { params: { section: this.#name } });
  }

  #put(body: Answers, how: { query?: { draft: "true" }; keepalive?: boolean } = {}): Promise<Saved> {
    const call = { params: { section: this.#name }, body, version: this.#state.version, ...how };
    return api<Saved>("PUT", "/packet/interview/{section}", call);
  }

  /** Another device saved in between: take what only it changed, and ask about the rest. */
  async #reconcile(): Promise<void> {
    this.#tell({ type: "savedElsewhere", section: await this.#get() });
  }
}
