import { useEffect, useMemo, useState } from "react";
import type { Packet } from "../api/types";
import type { FieldProblem } from "../api/client";
import { Button } from "../components/Button";
import { ErrorSummary } from "../components/ErrorSummary";
import { Loading } from "../components/Loading";
import { Notice } from "../components/Notice";
import { Screen } from "../components/Screen";
import { currentLanguage, t } from "../i18n";
import { AskedFor } from "../interview/AskedFor";
import { Conflict } from "../interview/Conflict";
import { ConfirmEmail } from "../interview/ConfirmEmail";
import { type Ask, idOf } from "../interview/ask";
import { mayChange, opensInside, pathsAsked } from "../interview/correction";
import { at, emptied } from "../interview/model";
import { Progress } from "../interview/Progress";
import { Questions } from "../interview/Questions";
import { RegistryDiffers } from "../interview/RegistryDiffers";
import { Saving } from "../interview/Saving";
import { SectionField } from "../interview/SectionField";
import { useSection } from "../interview/useSection";
import { go } from "../router";
import { nextPlace, usePacket, useSession } from "../session";

/** One section of the interview, drawn from the form the API tells. */
export default function Interview({ name }: { name: string }) {
  const packet = usePacket();
  const { refresh } = useSession();
  const correction = packet.status === "CORRECTION_REQUESTED" ? packet.correction : undefined;
  const answering = packet.status === "IN_PROGRESS" || packet.status === "INVITED";
  const screen = useSection({
    packet: packet.packet_id,
    name,
    drafts: answering,
    language: packet.language ?? currentLanguage(),
  });
  const { section, answers, errors, warnings } = screen;
  const [looked, setLooked] = useState(false);

  useEffect(() => {
    if (!answering && !correction) go(nextPlace(packet), { replace: true });
  }, [answering, correction, packet]);

  const askedFor = useMemo(() => (correction ? pathsAsked(correction, name) : undefined), [correction, name]);

  if (!section) return <Loading failure={screen.failure} onRetry={() => void screen.read()} />;

  const ask: Ask = {
    value: (path) => at(answers, path),
    change: (path, value) => {
      screen.change(path, value);
      for (const other of emptied(section, path, value)) screen.change(other, "");
    },
    leave: screen.leaveField,
    error: (path) => errors.find((one) => one.field === path)?.message,
    remark: (path) => warnings.find((one) => one.field === path)?.message,
    open: (path) => !askedFor || mayChange(section, askedFor, path),
    onWay: screen.onWay,
  };

  const unlike = warnings.filter(differs);
  const unconfirmed = warnings.filter((one) => one.field === "email" && one.rule === "differs-from-invitation");
  const position = packet.sections.findIndex((one) => one.name === name);
  const before = packet.sections[position - 1];

  const submit = async () => {
    const saved = await screen.submit();
    if (!saved) return;
    const found = await refresh();
    // What the registry sees differently is told once, before the person goes on; it never holds anyone up.
    if (!looked && saved.warnings.some(differs)) return setLooked(true);
    goOn(found);
  };
  const goOn = (found: Packet) => {
    if (correction) return go("/correction");
    const following = found.sections[found.sections.findIndex((one) => one.name === name) + 1];
    go(following ? `/interview/${following.name}` : "/summary");
  };

  return (
    <div className="with-progress">
      <Progress current={name} />
      <Screen
        title={section.title}
        eyebrow={t("section.of", { n: position + 1, all: packet.sections.length })}
        lead={section.introduction ? <p>{section.introduction}</p> : undefined}
      >
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!screen.submitting) void submit();
          }}
        >
          <ErrorSummary errors={errors} idOf={idOf} attempt={screen.attempt} />
          {screen.failure && (
            <Notice kind="error" live>
              <p>{screen.failure}</p>
            </Notice>
          )}
          {screen.differences.length > 0 ? (
            <Conflict differences={screen.differences} onSettled={screen.settle} />
          ) : (
            screen.takenOver && (
              <Notice live>
                <p>{t("conflict.taken")}</p>
              </Notice>
            )
          )}
          {unlike.length > 0 ? (
            <RegistryDiffers
              name={name}
              section={section}
              remarks={unlike}
              fresh={looked}
              onKept={() => {
                screen.settled(unlike);
                if (looked) void refresh().then(goOn);
              }}
            />
          ) : (
            section.verification === "verified" && (
              <Notice kind="success">
                <p>{t("registry.verified")}</p>
              </Notice>
            )
          )}
          {askedFor && (
            <Notice kind={askedFor.length > 0 ? "warning" : "info"}>
              <p>{t(askedFor.length > 0 ? "correction.onlyThese" : "correction.nothingHere")}</p>
              <AskedFor paths={askedFor} section={section} />
            </Notice>
          )}
          <div className={section.questions ? undefined : "card sheet"}>
            {section.fields.map((field) => {
              const asked = <SectionField key={field.name} field={field} section={section} ask={ask} name={name} />;
              if (!askedFor) return asked;
              return (
                <fieldset key={field.name} className="closable" disabled={!opensInside(section, askedFor, field.name)}>
                  {asked}
                </fieldset>
              );
            })}
          </div>
          {section.questions && <Questions section={section} ask={ask} />}
          <div className="actions">
            {askedFor?.length !== 0 && (
              <Button type="submit" busy={screen.submitting}>
                {t("saveAndContinue")}
              </Button>
            )}
            {correction && (
              <a className="button button-quiet" href="#/correction">
                {t("correction.back")}
              </a>
            )}
            {before && !correction && (
              <a className="button button-quiet" href={`#/interview/${before.name}`}>
                {t("back")}
              </a>
            )}
            <Saving state={screen.saveState} />
          </div>
        </form>
        {unconfirmed.length > 0 && section.complete && <ConfirmEmail onConfirmed={() => screen.settled(unconfirmed)} />}
      </Screen>
    </div>
  );
}

const differs = (remark: FieldProblem): boolean => remark.rule === "registry-mismatch";
