/** Addresses after the #, so that a link's secret never reaches a server and every screen has a place to come back to. */
import { useSyncExternalStore } from "react";
import { placeIn } from "./link";

/** Put what the address says where it belongs, so that the path holds nothing and no one's additions count. */
function tidy(): void {
  const to = placeIn(location);
  const wanted = to === "/" ? "/" : `/#${to}`;
  if (location.pathname + location.search + location.hash !== wanted) history.replaceState(history.state, "", wanted);
}

addEventListener("hashchange", tidy);
tidy();

let link: string | undefined = (history.state as { link?: string } | null)?.link;

/**
 * The secret of the link this page was opened with. It goes along in the history entries of this tab, where the address
 * of the link stands anyway, so that a reloaded page can ask for the password again; never into storage.
 */
export const linkSecret = (): string | undefined => link;

export function keepLink(secret: string | undefined): void {
  link = secret;
  history.replaceState(secret ? { link: secret } : null, "");
}

addEventListener("hashchange", () => {
  if (link && !history.state) history.replaceState({ link }, "");
});

const subscribe = (tell: () => void) => {
  addEventListener("hashchange", tell);
  return () => removeEventListener("hashchange", tell);
};

export const place = (): string => location.hash.replace(/^#/, "") || "/";

export const usePlace = (): string => useSyncExternalStore(subscribe, place);

/** Go to a screen. `replace` leaves no way back to the present one. */
export function go(to: string, { replace = false } = {}): void {
  if (to === place()) return;
  if (replace) {
    history.replaceState(history.state, "", `#${to}`);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = to;
  }
}

/** The variable parts of `place` if it has the shape of `pattern` ("/interview/:section"). */
export function match(pattern: string, at: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = at.split("/");
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(":")) found[part.slice(1)] = decoded(given[index] ?? "");
    else if (part !== given[index]) return undefined;
  }
  return found;
}

/** A part of an address without its encoding; as it stands where that is broken. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
