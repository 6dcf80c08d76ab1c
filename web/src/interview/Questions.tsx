import { type Dispatch, type SetStateAction, useEffect, useState } from "react";
import type { Attachment, Question, Section } from "../api/types";
import { api } from "../api/client";
import { Remarks, TextArea, YesNo } from "../components/inputs";
import { t } from "../i18n";
import { type Ask, idOf } from "./ask";
import { FieldInput } from "./FieldInput";
import { asChoice, asGroup, asText, isMask } from "./model";
import { Uploads } from "./Uploads";

const EXPLANATION_LENGTH = 4000;

/** The background questions: yes or no without a default; a yes opens what belongs to it. */
export function Questions({ section, ask }: { section: Section; ask: Ask }) {
  const questions = section.questions ?? [];
  const [files, setFiles] = useState<Attachment[]>([]);
  useEffect(() => {
    api<{ items: Attachment[] }>("GET", "/packet/attachments")
      .then((found) => setFiles(found.items))
      .catch(() => undefined);
  }, []);
  return (
    <ol className="questions">
      {questions.map((question, index) => (
        <li key={question.code} className="card question">
          <p className="eyebrow">
            {index + 1}. {question.topic}
          </p>
          <OneQuestion question={question} section={section} ask={ask} files={files} setFiles={setFiles} />
        </li>
      ))}
    </ol>
  );
}

interface OneProps {
  question: Question;
  section: Section;
  ask: Ask;
  files: Attachment[];
  setFiles: Dispatch<SetStateAction<Attachment[]>>;
}

function OneQuestion({ question, section, ask, files, setFiles }: OneProps) {
  const { code } = question;
  const value = ask.value(code);
  const error = ask.error(code);
  if (isMask(value)) {
    const unfinished = asText(value).includes("unfinished");
    return (
      <div className={error ? "field field-wrong" : "field"}>
        <p className="question-text">{question.text}</p>
        <div className="masked">
          <span className="masked-value">{unfinished ? t("question.unfinished") : t("question.answered")}</span>
          {ask.open(code) && (
            <button type="button" id={idOf(code)} className="text-button" onClick={() => ask.change(code, {})}>
              {t("question.change")}
              <span className="sr-only">: {question.topic}</span>
            </button>
          )}
        </div>
        <Remarks id={idOf(code)} error={error} />
      </div>
    );
  }
  const given = asGroup(value);
  const attached = Array.isArray(given.attachments) ? given.attachments.map(asText) : [];
  return (
    <>
      <YesNo
        id={idOf(code)}
        label={question.text}
        question
        value={asChoice(given.answer)}
        onChoose={(yes) => ask.change(`${code}.answer`, yes)}
        error={error ?? ask.error(`${code}.answer`)}
      />
      {given.answer === true && (
        <div className="follow-up">
          <TextArea
            id={idOf(`${code}.explanation`)}
            label={t("question.explain")}
            hint={question.asks_for ? t("question.asks", { what: question.asks_for }) : undefined}
            value={asText(given.explanation)}
            onText={(text) => ask.change(`${code}.explanation`, text)}
            onBlur={() => ask.leave(`${code}.explanation`)}
            error={ask.error(`${code}.explanation`)}
            maxLength={EXPLANATION_LENGTH}
          />
          {question.follow_ups.map((field) => (
            <FieldInput key={field.name} field={field} path={`${code}.${field.name}`} ask={ask} />
          ))}
          {section.attachments && (
            <Uploads
              id={idOf(`${code}.attachments`)}
              allowed={section.attachments}
              attached={attached}
              onAttached={(ids) => ask.change(`${code}.attachments`, ids)}
              files={files}
              setFiles={setFiles}
              onWay={ask.onWay}
              error={ask.error(`${code}.attachments`)}
              remark={ask.remark(`${code}.attachments`)}
              needed={question.needs_upload_to_appoint}
            />
          )}
        </div>
      )}
    </>
  );
}
