import { t } from "../i18n";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** Something is on its way, or did not come. */
export function Loading({ failure, onRetry }: { failure?: string | undefined; onRetry?: () => void }) {
  if (!failure)
    return (
      <div className="screen" role="status">
        <p className="waiting">
          <span className="spinner" aria-hidden="true" /> {t("loading")}
        </p>
      </div>
    );
  return (
    <div className="screen">
      <h1>{t("unreachable.title")}</h1>
      <Notice kind="error" live>
        <p>{failure}</p>
      </Notice>
      <Button onClick={onRetry ?? (() => location.reload())}>{t("tryAgain")}</Button>
    </div>
  );
}
