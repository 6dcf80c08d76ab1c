import { useState } from "react";
import { api } from "../api/client";
import { Button } from "../components/Button";
import { ErrorSummary } from "../components/ErrorSummary";
import { TextArea } from "../components/inputs";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { useFormAct } from "../components/useAct";
import { t } from "../i18n";
import { nextPlace, usePacket, useSession } from "../session";

type How = "decline" | "wrong-person" | "withdraw-consent";

const PATHS = {
  decline: "/packet/decline",
  "wrong-person": "/packet/wrong-recipient",
  "withdraw-consent": "/packet/consent/withdraw",
} as const;
const REASON_LENGTH = 500;

/** An end that cannot be taken back: what it means is said before the button, never after it. */
export default function Leave({ how }: { how: How }) {
  const packet = usePacket();
  const { left, refresh } = useSession();
  const [reason, setReason] = useState("");
  const [kept, setKept] = useState<string>();
  const { busy, failure, errors, attempt, run, refuse } = useFormAct();
  const asks = how !== "wrong-person";

  const leave = async () => {
    if (asks && !reason.trim())
      return refuse([{ field: "reason", rule: "required", message: t("leave.reason.missing") }]);
    await run(async () => {
      const answer = await api<{ status: string; consequence?: string }>("POST", PATHS[how], {
        ...(asks ? { body: { reason } } : {}),
      });
      if (answer.status === "DECLINED") left(how === "wrong-person" ? "/ended/wrong-person" : `/ended/${how}`);
      else {
        setKept(answer.consequence);
        await refresh();
      }
    });
  };

  return (
    <Screen title={t(`leave.${how}.title`)} lead={<p>{t(`leave.${how}.lead`)}</p>}>
      {kept ? (
        <Notice kind="success" live>
          <p>{kept}</p>
        </Notice>
      ) : (
        <form
          className="card"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) void leave();
          }}
        >
          <ErrorSummary errors={errors} idOf={() => "reason"} attempt={attempt} />
          {failure && (
            <Notice kind="error" live>
              <p>{failure}</p>
            </Notice>
          )}
          {asks && (
            <TextArea
              id="reason"
              label={t("leave.reason")}
              hint={t("leave.reason.hint", { name: packet.recruiter.name })}
              value={reason}
              onText={setReason}
              maxLength={REASON_LENGTH}
              error={errors[0]?.message}
            />
          )}
          <div className="actions">
            <Button type="submit" kind="danger" busy={busy}>
              {t(`leave.${how}.button`)}
            </Button>
            <a className="button button-secondary" href={`#${nextPlace(packet)}`}>
              {t("leave.stay")}
            </a>
          </div>
        </form>
      )}
    </Screen>
  );
}
