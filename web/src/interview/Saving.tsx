import { clock, t } from "../i18n";
import type { SaveState } from "./sectionState";

/** What became of the draft. */
export function Saving({ state }: { state: SaveState }) {
  const text =
    state.kind === "saved"
      ? t("draft.saved", { at: clock(state.at) })
      : state.kind === "offline"
        ? t("draft.offline")
        : state.kind === "saving"
          ? t("draft.saving")
          : "";
  return (
    <p className={`saving saving-${state.kind}`} role="status">
      {text}
    </p>
  );
}
