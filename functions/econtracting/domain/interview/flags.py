"""What a person of the contracting department has to know of frozen answers, without opening them.

A flag says that there is something to look at, never which question was answered how.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from econtracting.domain.interview.definition import InterviewDefinition
from econtracting.domain.interview.questions import codes_blocking_appointment, yes_codes


class Flag(StrEnum):
    ANSWERS_NEED_REVIEW = "ANSWERS_NEED_REVIEW"  # a yes that a person has to read before anyone is appointed
    APPOINTMENT_NEEDS_UPLOAD = "APPOINTMENT_NEEDS_UPLOAD"  # 18 U.S.C. 1033: no appointment without the written consent


def flags_of(definition: InterviewDefinition, answers: Mapping[str, Mapping[str, Any]]) -> tuple[Flag, ...]:
    """The flags of a packet's opened answers, by section."""
    given = {code: one for section in answers.values() for code, one in section.items()}
    found = {
        Flag.ANSWERS_NEED_REVIEW: yes_codes(definition, given),
        Flag.APPOINTMENT_NEEDS_UPLOAD: codes_blocking_appointment(definition, given),
    }
    return tuple(flag for flag, codes in found.items() if codes)


def keeps_from_appointing(flags: tuple[str, ...]) -> bool:
    """Whether a packet's flags forbid to order appointments until the contracting department lifts the block."""
    return Flag.APPOINTMENT_NEEDS_UPLOAD in flags
