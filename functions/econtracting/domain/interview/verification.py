"""What the license registry says of the person whom the answers describe, and of the licenses under their NPN.

A difference never holds up the agent: it is shown, and corrected or kept. What the registry could not say yet is to be
verified, and is asked again where answers may be opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from econtracting.domain.appointing.appointments import Licenses
from econtracting.domain.fields.rejections import Rejection
from econtracting.domain.interview.definition import InterviewDefinition, Meaning
from econtracting.domain.interview.person import paths_of, person
from econtracting.domain.moment import Moment
from econtracting.domain.record import Record, renamed

NAMES: tuple[Meaning, ...] = ("first_name", "middle_name", "last_name")
SECRETS: tuple[Meaning, ...] = ("ssn", "birth_date")
IDENTITY: tuple[Meaning, ...] = ("npn", *NAMES, *SECRETS)
# what the registry compares -> the answer that is shown with it
SHOWN_AT: dict[str, Meaning] = {"npn": "npn", "ssn": "ssn", "birth_date": "birth_date", "name": "last_name"}

Standing = Literal["to-be-verified", "verified", "mismatch", "kept"]


class Verification(Record):
    """The registry's answer to the identity as it was saved last.

    `round` grows whenever the identity changes or is asked about again: an answer to an earlier round is void.
    """

    packet_id: str
    round: int
    matches: dict[str, bool] | None = None  # None: to be verified
    licenses: Licenses | None = renamed("licenses", "licences", default=None)  # None: to be verified
    kept: tuple[str, ...] = ()  # differences the agent looked at and stands by
    checked_at: Moment | None = None

    def answer(self, matches: dict[str, bool], licenses: Licenses, at: datetime) -> Self:
        """The registry told."""
        return self.model_copy(update={"matches": matches, "licenses": licenses, "checked_at": at})

    def keep(self, differences: tuple[str, ...]) -> Self:
        """The agent stands by these differences, and by no others."""
        return self.model_copy(update={"kept": differences})

    @property
    def mismatches(self) -> tuple[str, ...]:
        return tuple(what for what, agrees in (self.matches or {}).items() if what in SHOWN_AT and not agrees)

    @property
    def standing(self) -> Standing:
        if self.matches is None:
            return "to-be-verified"
        if not self.mismatches:
            return "verified"
        return "kept" if set(self.mismatches) <= set(self.kept) else "mismatch"


def identity(definition: InterviewDefinition, answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What of the answers says who someone is, by meaning; what was not given is left out."""
    known = person(definition, answers)
    return {meaning: known[meaning] for meaning in IDENTITY if meaning in known}


def can_be_asked(known: Mapping[str, Any]) -> bool:
    """Whether an identity holds what the registry needs for a comparison."""
    return all(meaning in known for meaning in ("npn", "ssn", "birth_date", "first_name", "last_name"))


def asked_in(definition: InterviewDefinition, section: str) -> set[str]:
    """The fields of a section that say who someone is."""
    paths = (path.split(".", 1) for meaning in IDENTITY for path in paths_of(definition, meaning))
    return {field for where, field in paths if where == section}


def differences(definition: InterviewDefinition, verification: Verification | None) -> list[Rejection]:
    """The differences that are still open, each at the path of its answer, section first."""
    if verification is None:
        return []
    return [
        Rejection(
            field=path,
            rule="registry-mismatch",
            message="The license registry shows something else here. Please check it; keep it if it is right.",
        )
        for what in verification.mismatches
        if what not in verification.kept
        for path in paths_of(definition, SHOWN_AT[what])[:1]
    ]
