import { Component, type ReactNode } from "react";
import { t } from "../i18n";
import { Button } from "./Button";
import { Screen } from "./Screen";

interface Props {
  /** The place shown: another one is tried afresh. */
  at: string;
  children: ReactNode;
}

/** Shows an honest screen in place of one that cannot be shown, so that no input leaves a white page. */
export class Broken extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidUpdate(before: Props): void {
    if (before.at !== this.props.at && this.state.failed) this.setState({ failed: false });
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Screen title={t("broken.title")} lead={<p>{t("broken.lead")}</p>}>
        <div className="actions">
          <Button onClick={() => location.reload()}>{t("broken.again")}</Button>
          <a className="button button-secondary" href="#/">
            {t("broken.go")}
          </a>
        </div>
      </Screen>
    );
  }
}
