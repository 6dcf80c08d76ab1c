"""The interview of a packet type as data: sections, their fields, and the background questions.

Nothing here knows a certain packet type; what a field's type means is told in `fields`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field as Member
from pydantic import model_validator

from econtracting.domain.errors import NotFound
from econtracting.domain.fields.conditions import Condition
from econtracting.domain.record import Record
from econtracting.domain.words import Text

Identifier = r"^[a-z][a-z0-9_]*$"

FieldType = Literal[
    "name",
    "text",
    "long-text",
    "city",
    "address-line",
    "state",
    "postal-code",
    "ssn",
    "birth-date",
    "phone",
    "extension",
    "email",
    "npn",
    "url-or-none",
    "choice",
    "whole-number",
    "yes-no",
    "box",
    "requested-states",
    "group",
]


Meaning = Literal[
    "first_name",
    "middle_name",
    "no_middle_name",
    "last_name",
    "suffix",
    "ssn",
    "birth_date",
    "phone",
    "email",
    "npn",
    "residence",
    "direct_deposit",
]


class Copy(Record):
    """A box that lets a group follow another one; while it is ticked the group is read-only."""

    switch: str = Member(pattern=Identifier)
    source: str = Member(description="path of the followed group, section first")
    label: Text


class Field(Record):
    """One thing asked. `messages` replace the built-in wording by rule; "required" is the one said when it is missing.

    `means` tells the rest of the product what the answer is to it, whatever the packet type calls the field.
    `sensitive` answers are kept in the envelope and shown masked. `prefill` names the member of the invitation a field
    starts with. A `typed_twice_as` partner must repeat the answer and is never stored.
    """

    name: str = Member(pattern=Identifier)
    label: Text = Member(min_length=1)
    type: FieldType
    means: Meaning | None = None
    required: bool = False
    required_when: Condition | None = None
    sensitive: bool = False
    hint: Text | None = None
    messages: Mapping[str, Text] = {}
    prefill: str | None = None
    warn_if_changed: bool = False
    typed_twice_as: str | None = Member(default=None, pattern=Identifier)
    choices: tuple[str, ...] = ()
    longest: int | None = Member(default=None, ge=1, le=4000)
    minimum_age: int = Member(default=18, ge=0, description="for birth dates, in years")
    po_box: bool = Member(default=True, description="whether an address line may be a PO box")
    mailing: bool = Member(default=False, description="whether a state may be one to which only mail goes, like AE")
    hint_on_initial: bool = Member(default=False, description="warn when a name is a single letter")
    takes_suffix_from: str | None = Member(default=None, description="the name a generational suffix is split off")
    takes_extension_from: str | None = Member(
        default=None, description="the telephone number an extension is split off"
    )
    follows: Copy | None = None
    fields: tuple[Field, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Field:
        if (self.type == "group") != bool(self.fields):
            raise ValueError(f"{self.name}: a group has fields, and nothing else has")
        if self.type == "choice" and not self.choices:
            raise ValueError(f"{self.name}: a choice needs its choices")
        if self.fields and (self.sensitive or any(field.sensitive or field.fields for field in self.fields)):
            raise ValueError(f"{self.name}: groups are public, and hold no groups")
        return self


class Question(Record):
    """A background question. "Yes" asks for an explanation, the follow-ups, and supporting files.

    With `needs_upload_to_appoint`, a "yes" without an uploaded file keeps the producer from being appointed until the
    contracting department lifts the block (18 U.S.C. 1033: written consent after a felony of dishonesty).
    """

    code: str = Member(pattern=r"^[A-Z][A-Z0-9]*$")
    topic: Text
    text: Text = Member(min_length=1)
    asks_for: Text = Member(default="", description="what the agent should attach or describe after a yes")
    follow_ups: tuple[Field, ...] = ()
    needs_review: bool = True
    needs_upload_to_appoint: bool = False


class SectionRule(Record):
    """Answers that belong together: at least one of them is needed, or exactly one."""

    kind: Literal["at-least-one", "exactly-one"]
    fields: tuple[str, ...] = Member(min_length=2)
    message: Text
    contradiction: Text = ""


class SectionDefinition(Record):
    name: str = Member(pattern=r"^[a-z][a-z0-9-]*$")
    title: Text
    introduction: Text = ""
    ask_when: Condition | None = None
    fields: tuple[Field, ...] = ()
    questions: tuple[Question, ...] = ()
    rules: tuple[SectionRule, ...] = ()

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


class InterviewDefinition(Record):
    """The sections in the order they are asked."""

    schema_reference: str = Member(default="", alias="$schema", description="for editors only")
    version: str
    attachments_per_question: int = Member(default=10, ge=0)
    sections: tuple[SectionDefinition, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> InterviewDefinition:
        for names in self._scopes():
            repeated = sorted({name for name in names if names.count(name) > 1})
            if repeated:
                raise ValueError(f"used more than once: {', '.join(repeated)}")
        return self

    def section(self, name: str) -> SectionDefinition:
        """Raises NotFound (code section-not-found)."""
        for section in self.sections:
            if section.name == name:
                return section
        raise NotFound("This packet has no such section.", code="section-not-found")

    def field_at(self, path: str) -> Field | None:
        """The field at a dotted path that begins with the section's name."""
        section, _, rest = path.partition(".")
        found = next((each for each in self.sections if each.name == section), None)
        name, _, member = rest.partition(".")
        field = found.field(name) if found else None
        if field is None or not member:
            return field
        return next((each for each in field.fields if each.name == member), None)

    def _scopes(self) -> Iterator[list[str]]:
        yield [section.name for section in self.sections]
        yield [question.code for section in self.sections for question in section.questions]
        for section in self.sections:
            yield [
                *_own_names(section.fields),
                *(question.code for question in section.questions),
            ]
            for field in section.fields:
                yield _own_names(field.fields) + ([field.follows.switch] if field.follows else [])
            for question in section.questions:
                yield ["answer", "explanation", "attachments", *_own_names(question.follow_ups)]


def _own_names(fields: tuple[Field, ...]) -> list[str]:
    return [name for field in fields for name in (field.name, field.typed_twice_as) if name]


def parse_interview(text: str | bytes) -> InterviewDefinition:
    """Reads a packet type's `interview.json`; raises pydantic's ValidationError on anything unknown or missing."""
    return InterviewDefinition.model_validate_json(text)
