"""What the contracting department learns of frozen answers without opening them."""

from __future__ import annotations

from typing import Any

from econtracting import packet_types
from econtracting.domain.interview.flags import Flag, flags_of, keeps_from_appointing

MERIDIAN = packet_types.load("meridian").interview


def flags(**answers: Any) -> tuple[Flag, ...]:
    return flags_of(MERIDIAN, {"background": answers, "agent": {"first_name": "Ana"}})


def test_answers_without_a_yes_need_nobody() -> None:
    assert flags(BQ1A={"answer": False}, BQ1B={"answer": False}) == ()


def test_a_yes_has_to_be_read_by_a_person() -> None:
    assert flags(BQ2={"answer": True, "explanation": "x"}) == (Flag.ANSWERS_NEED_REVIEW,)


def test_a_felony_without_the_regulators_consent_keeps_from_appointing() -> None:
    """18 U.S.C. 1033."""
    felony = {"answer": True, "explanation": "x", "written_consent_1033": True}
    without = flags(BQ1B=felony)
    assert without == (Flag.ANSWERS_NEED_REVIEW, Flag.APPOINTMENT_NEEDS_UPLOAD)
    assert keeps_from_appointing(without)
    assert not keeps_from_appointing(flags(BQ1B={**felony, "attachments": ["att_1"]}))
