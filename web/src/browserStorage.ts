/** What a browser keeps for us, or refuses to: private windows and strict settings throw at every touch of it. */

type Store = "localStorage" | "sessionStorage";

export function stored(store: Store, name: string): string | undefined {
  try {
    return window[store].getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keep a text under a name; without one, keep nothing there. */
export function store(store: Store, name: string, text?: string): void {
  try {
    if (text === undefined) window[store].removeItem(name);
    else window[store].setItem(name, text);
  } catch {
    // Then it is asked for again.
  }
}
