"""Background questions: yes or no without a default; a yes is explained, followed up, and takes files.

Answers are sensitive as a whole: a screen learns that a question is answered, never how. Any yes has to be looked at by
a person; none decides anything by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from econtracting.domain.fields.rejections import Findings, Refusal
from econtracting.domain.interview import fields
from econtracting.domain.interview.context import InterviewContext
from econtracting.domain.interview.definition import Field, InterviewDefinition, Question
from econtracting.domain.words import words

UNFINISHED = f"{fields.MASK} (unfinished)"

_ANSWER = Field(
    name="answer", label="Answer", type="yes-no", required=True, messages={"required": "Please answer yes or no."}
)
_EXPLANATION = Field(
    name="explanation",
    label="Explanation",
    type="long-text",
    required=True,
    messages={"required": "Please explain your yes: what happened, when, where, and how it ended."},
)
_ATTACHMENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_question(
    question: Question, raw: Any, allowed: int, context: InterviewContext, found: Findings
) -> dict[str, Any]:
    """One question's answer in its normal form: {"answer": false}, or a yes with all that belongs to it.

    `raw` is not a mask. What is wrong or missing is added to `found`; without a yes or a no the result is empty.
    """
    if not isinstance(raw, Mapping):
        found.error(question.code, fields.wrong_type("yes or a no with its explanation"))
        return {}
    answer = _read(_ANSWER, question.code, raw, context, found)
    if not answer:
        return {} if answer is None else {"answer": False}
    value: dict[str, Any] = {"answer": True}
    for field in (_EXPLANATION, *question.follow_ups):
        given = _read(field, question.code, raw, context, found)
        if given is not None:
            value[field.name] = given
    attachments = _attachments(question, raw.get("attachments"), allowed, context, found)
    if attachments:
        value["attachments"] = attachments
    elif question.needs_upload_to_appoint:
        found.warn(
            f"{question.code}.attachments",
            Refusal("upload-missing", words("Please upload: {asks_for}", asks_for=question.asks_for)),
        )
    return value


def known_members(question: Question) -> tuple[str, ...]:
    return ("answer", "explanation", "attachments", *(field.name for field in question.follow_ups))


def yes_codes(definition: InterviewDefinition, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions whose yes a person has to review before anyone is appointed."""
    return tuple(
        question.code
        for question in _questions(definition)
        if question.needs_review and answers.get(question.code, {}).get("answer") is True
    )


def codes_blocking_appointment(definition: InterviewDefinition, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions answered yes without the upload that an appointment needs (18 U.S.C. 1033)."""
    return tuple(
        question.code
        for question in _questions(definition)
        if question.needs_upload_to_appoint
        and answers.get(question.code, {}).get("answer") is True
        and not answers[question.code].get("attachments")
    )


def _questions(definition: InterviewDefinition) -> Iterator[Question]:
    return (question for section in definition.sections for question in section.questions)


def _read(field: Field, code: str, raw: Mapping[str, Any], context: InterviewContext, found: Findings) -> Any:
    path = f"{code}.{field.name}"
    try:
        value = fields.read(field, raw.get(field.name), context)
    except Refusal as refusal:
        found.error(path, Refusal(refusal.rule, fields.message(field, refusal)))
        return None
    if value is None and field.required:
        found.gap(path, fields.required(field))
    return value


def _attachments(question: Question, raw: Any, allowed: int, context: InterviewContext, found: Findings) -> list[str]:
    path = f"{question.code}.attachments"
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        found.error(path, fields.wrong_type("list of uploads"))
        return []
    if len(raw) > allowed:
        found.error(
            path,
            Refusal(
                "too-many-attachments", words("Please attach at most {allowed} files to a question.", allowed=allowed)
            ),
        )
        return []
    known = context.attachments
    if not all(_ATTACHMENT_ID.fullmatch(each) and (known is None or each in known) for each in raw):
        found.error(
            path, Refusal("attachment-unknown", "One of the files is not there any more. Please upload it again.")
        )
        return []
    return list(dict.fromkeys(raw))
