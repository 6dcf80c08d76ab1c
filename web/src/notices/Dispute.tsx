import { useEffect, useRef, useState } from "react";
import type { Notices } from "../api/types";
import { api, newKey, Problem } from "../api/client";
import { Button } from "../components/Button";
import { ErrorSummary } from "../components/ErrorSummary";
import { Checkbox, Remarks } from "../components/inputs";
import { Notice } from "../components/Notice";
import { useFormAct } from "../components/useAct";
import { moment, t } from "../i18n";
import { usePacket } from "../session";
import { disputeOf, GROUNDS, type Ground } from "./standing";

interface Props {
  noticeId: string;
  notices: Notices;
  /** Read the notices again. */
  onChange: () => Promise<unknown>;
}

/** Whether the report can be disputed, how, and what became of it. */
export function Dispute({ noticeId, notices, onChange }: Props) {
  const { status } = usePacket();
  const heading = useRef<HTMLHeadingElement>(null);
  const [received, setReceived] = useState<string>();
  const standing = received ? "open" : disputeOf(notices, status);
  const since = received ?? notices.disputed_at;

  const before = useRef(standing);
  useEffect(() => {
    // The form is gone, and with it what had the focus.
    if (before.current !== standing) heading.current?.focus();
    before.current = standing;
  }, [standing]);

  return (
    <section className="card" aria-labelledby="dispute-title">
      <h2 id="dispute-title" ref={heading} tabIndex={-1}>
        {t(standing === "open" ? "dispute.open.title" : "dispute.title")}
      </h2>
      {standing === "open" && since && (
        <Notice kind="success" live={received !== undefined}>
          <p>{t(received ? "dispute.received" : "dispute.open", { at: moment(since) })}</p>
        </Notice>
      )}
      {standing === "again" && since && <p>{t("dispute.again", { at: moment(since) })}</p>}
      {standing === "possible" || standing === "again" ? (
        <>
          <p>{t("dispute.lead")}</p>
          <Form noticeId={noticeId} onReceived={setReceived} onRefused={onChange} />
        </>
      ) : (
        <p>{t(`dispute.${standing}.text`)}</p>
      )}
    </section>
  );
}

interface FormProps {
  noticeId: string;
  onReceived: (at: string) => void;
  onRefused: () => Promise<unknown>;
}

function Form({ noticeId, onReceived, onRefused }: FormProps) {
  const [grounds, setGrounds] = useState<readonly Ground[]>([]);
  const [key, setKey] = useState(newKey);
  const { busy, failure, errors, attempt, run, refuse } = useFormAct();
  const problem = errors[0]?.message;

  const tick = (ground: Ground, ticked: boolean) => {
    setGrounds(GROUNDS.filter((one) => (one === ground ? ticked : grounds.includes(one))));
    setKey(newKey()); // other grounds are another act
  };
  const dispute = async () => {
    if (grounds.length === 0)
      return refuse([{ field: "grounds", rule: "required", message: t("dispute.grounds.missing") }]);
    await run(async () => {
      try {
        const call = { params: { notice_id: noticeId }, body: { grounds }, key };
        onReceived(
          (await api<{ disputed_at: string }>("POST", "/packet/notices/{notice_id}/disputes", call)).disputed_at,
        );
      } catch (error) {
        if (error instanceof Problem && error.status === 409) await onRefused();
        throw error;
      }
    });
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void dispute();
      }}
    >
      <ErrorSummary errors={errors} idOf={() => `ground-${GROUNDS[0]}`} attempt={attempt} />
      {failure && (
        <Notice kind="error" live>
          <p>{failure}</p>
        </Notice>
      )}
      <fieldset
        className={problem ? "field field-wrong" : "field"}
        aria-describedby={problem ? "grounds-error" : undefined}
      >
        <legend>{t("dispute.grounds")}</legend>
        {GROUNDS.map((ground) => (
          <Checkbox
            key={ground}
            id={`ground-${ground}`}
            label={t(`dispute.ground.${ground}`)}
            checked={grounds.includes(ground)}
            onTick={(ticked) => tick(ground, ticked)}
          />
        ))}
        <Remarks id="grounds" error={problem} />
      </fieldset>
      <p>{t("dispute.company")}</p>
      <Button type="submit" busy={busy}>
        {t("dispute.button")}
      </Button>
    </form>
  );
}
