import { api, Offline, Problem } from "../api/client";
import { saveEverything } from "../unsaved";

/** Save, log out, and show that it is done. Tells whether it is: without the server the session would live on. */
export async function leave(left: (to: string) => void): Promise<boolean> {
  try {
    await saveEverything();
    await api("DELETE", "/access/sessions/current");
  } catch (error) {
    if (error instanceof Offline || (error instanceof Problem && error.status >= 500)) return false;
  }
  left("/ended/left");
  return true;
}
