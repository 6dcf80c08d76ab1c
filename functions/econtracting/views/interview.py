"""What the agent is told of the interview: the agreement, the sections as forms with their answers, the summary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from econtracting.domain.interview.definition import FieldType
from econtracting.domain.interview.verification import Standing
from econtracting.domain.packet import Agency, Packet, Recruiter, Status
from econtracting.views.base import View
from econtracting.views.remarks import RemarkView

# Groups have a name of their own: makers of clients follow a cycle through an object, and through nothing else.
type AnswerGroup = Annotated[dict[str, Answer], Field(description="A group's answers by field")]
type Answer = Annotated[
    str | int | bool | list[str | int | bool | AnswerGroup | None] | AnswerGroup | None,
    Field(
        description="An answer as a screen may show it: a text, a number, yes or no, a list of texts, or a group's "
        "answers by field; a mask in the place of what is sensitive"
    ),
]


def _absent(value: object) -> bool:
    return value is None


def _empty(value: object) -> bool:
    return not value


def _plain(value: object) -> bool:
    return value is True


class AgreementView(View):
    """The agreement that comes before everything else."""

    version: str = Field(description="Goes back with the acceptance")
    title: str
    text: str
    sha256: str = Field(description="SHA-256 of the text in UTF-8, lower-case hex")
    accepted_at: datetime | None = Field(description="When this version was accepted")


class CopyView(View):
    """A box that lets a group follow another one; while it is ticked the group is read-only."""

    switch: str = Field(description="Name of the box, a member of the group's answers")
    source: str = Field(description="Path of the group that is followed, section first")
    label: str


class FieldView(View):
    """One thing asked. What does not concern its type is left out."""

    name: str
    label: str
    type: FieldType
    sensitive: bool = Field(default=False, exclude_if=_empty, description="Whether its answer is shown masked only")
    hint: str | None = Field(default=None, exclude_if=_absent)
    typed_twice_as: str | None = Field(
        default=None, exclude_if=_absent, description="Name under which the answer is to be repeated"
    )
    choices: list[str] = Field(default=[], exclude_if=_empty, description="Of a choice, in the order they are shown")
    longest: int | None = Field(default=None, exclude_if=_absent, description="Most characters it takes")
    po_box: bool = Field(default=True, exclude_if=_plain, description="False for an address that is no PO box")
    mailing: bool = Field(default=False, exclude_if=_empty, description="True for a state to which only mail may go")
    required: bool = Field(description="As it stands with the answers saved so far")
    minimum_age: int | None = Field(default=None, exclude_if=_absent, description="Of a birth date, in years")
    follows: CopyView | None = Field(default=None, exclude_if=_absent, description="Of a group that can follow another")
    fields: list[FieldView] = Field(default=[], exclude_if=_empty, description="Members of a group")


class QuestionView(View):
    """A background question: yes or no, and what belongs to a yes."""

    code: str = Field(description="Name of its answer")
    topic: str
    text: str
    asks_for: str = Field(description="What to attach or describe after a yes")
    follow_ups: list[FieldView]
    needs_upload_to_appoint: bool = Field(description="Whether a yes without a file keeps from being appointed")


class RuleView(View):
    """Answers that belong together."""

    kind: Literal["at-least-one", "exactly-one"]
    fields: list[str] = Field(description="Names of the fields")
    message: str


class AttachmentRulesView(View):
    """What may be attached to the questions."""

    per_question: int = Field(description="Most files of one question")
    largest: int = Field(description="Bytes of one file at most")
    most: int = Field(description="Most files of all questions together")
    together: int = Field(description="Bytes of all files together at most")
    pixels: int = Field(description="Most pixels of a picture, width times height")
    content_types: list[str] = Field(description="Media types; their many other names are understood too")
    endings: list[str] = Field(description="Endings of names, each with its period, in lower case")


class LicenseView(View):
    """The license in a state, by the license registry."""

    status: Literal["to-be-verified", "valid", "not-valid"]
    reasons: list[str] = Field(description="Codes of why it is not valid, such as LICENSE_EXPIRED")
    as_of: datetime | None = Field(description="When the registry told")


class RequestedStateView(View):
    """A state to be appointed in beforehand: how one is appointed there, and who says so."""

    state: str = Field(description="Postal code")
    type: str = Field(description="How the carrier appoints there, such as UP_FRONT or JUST_IN_TIME")
    known: bool = Field(description="Whether the rule is known; the cautious reading counts where it is not")
    source: str = Field(description="Where the rule was found")
    reviewed_on: date
    confidence: Literal["high", "medium", "low", "none"]
    synthetic: bool = Field(description="Made up for demonstration; no statement about any state")
    license: LicenseView


class SectionView(View):
    """A section of the interview as a screen asks it. Questions and files belong to some sections only."""

    version: int = Field(description="Goes back with the answers, as If-Match; 0 before the first save")
    complete: bool = Field(description="Whether it can be confirmed as it stands")
    title: str
    introduction: str
    answers: dict[str, Answer] = Field(description="By name of the field or code of the question")
    fields: list[FieldView]
    rules: list[RuleView]
    questions: list[QuestionView] | None = Field(default=None, exclude_if=_absent)
    attachments: AttachmentRulesView | None = Field(default=None, exclude_if=_absent)
    warnings: list[RemarkView]
    verification: Standing | None = Field(
        default=None, exclude_if=_absent, description="How the license registry's comparison stands"
    )
    states: list[RequestedStateView] | None = Field(
        default=None, exclude_if=_absent, description="Of the section that shows the pre-appointment states"
    )
    recruiter: Recruiter | None = Field(
        default=None, exclude_if=_absent, description="Whom to ask about the pre-appointment states"
    )


class SavedSectionView(View):
    """What became of a save."""

    version: int = Field(description="As it stands now")
    complete: bool
    warnings: list[RemarkView]
    verification: Standing | None = Field(
        default=None, exclude_if=_absent, description="How the license registry's comparison stands"
    )


class IdentityView(View):
    """What the license registry says of who the agent is."""

    verification: Standing
    checked_at: datetime | None = Field(description="When the registry answered")
    differences: list[RemarkView] = Field(description="Those still open; paths begin with the section")


class EmailCodeView(View):
    """A code is on its way. There is nothing to tell."""


class ConfirmedEmailView(View):
    """Letters go to a new address."""

    email: str


class SummaryLineView(View):
    """One thing asked, and its answer as a person reads it."""

    section: str
    field: str = Field(description="Path inside the section, or code of the question")
    label: str
    value: str = Field(description="Blank if not answered, masked if sensitive")


class SummaryStateView(View):
    """A state in which the recruiter wants the producer appointed beforehand."""

    state: str = Field(description="Postal code")
    type: str = Field(description="How the carrier appoints there, such as UP_FRONT or JUST_IN_TIME")


class ComingDocumentView(View):
    """A document that will be made from the answers."""

    document_id: str
    title: str


class SummaryView(View):
    """Everything that the documents will show, to be looked at before it is confirmed."""

    version: str = Field(description="Stands for everything shown here; goes back with the confirmation, as If-Match")
    status: Status
    packet_type: str
    type_version: str = Field(description="Version of the packet type that asks and makes the documents")
    agency: Agency
    recruiter: Recruiter
    level: str = Field(description="The agent's level, a key of the packet type's levels")
    level_name: str
    states: list[SummaryStateView]
    documents: list[ComingDocumentView] = Field(description="In packet order")
    lines: list[SummaryLineView]
    incomplete: list[str] = Field(description="Sections that cannot be confirmed yet")

    @classmethod
    def of(cls, packet: Packet, sections: Mapping[str, int], **shown: Any) -> Self:
        """`sections` are the saved sections' versions: two sensitive answers may look alike behind their masks."""
        told: dict[str, Any] = {
            "status": packet.status,
            "agency": packet.agency,
            "recruiter": packet.recruiter,
            "level": packet.level,
        }
        view = cls(version="", **told, **shown)
        said = [view.model_dump(mode="json", exclude={"version", "status", "incomplete"}), dict(sections)]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return view.model_copy(update={"version": sha256(text.encode()).hexdigest()})


class AnswersStandView(View):
    """Where the packet stands once its answers are confirmed, or opened again."""

    status: Status
