"""Harbor, a packet type that shares nothing with the demonstration one: whatever works for it knows neither."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from econtracting import packet_types
from econtracting.domain.appointing.state_rules import AppointmentType, rule_for
from econtracting.domain.errors import InvalidAnswers
from econtracting.domain.fields.conditions import ConditionFacts, holds
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.interview import (
    InterviewContext,
    SectionResult,
    check_section,
    incomplete_sections,
    person,
    prefill,
    sections_needed,
    summary,
)
from econtracting.domain.packet import InvitedAgent
from econtracting.domain.packet_type import PacketType
from tools.lint_packet_types import lint

HARBOR = packet_types.read(Path(__file__).parent / "harbor")
MERIDIAN = packet_types.read(packet_types.HOME / "meridian")
FUNCTIONS = packet_types.HOME.parents[1]
HOME = {"street": "PO Box 1", "town": "Tulsa", "region": "OK", "zip": "74101"}
PERSON: dict[str, Any] = {
    "given": "Ben",
    "family": "Ochoa",
    "tax_number": "772-10-1234",
    "tax_number_again": "772101234",
    "born": "01-31-1970",
    "telephone": "918-555-0101",
    "mailbox": "ben@example.org",
    "nickname": "blue",
    "home": HOME,
}
CONDUCT = {"RECORD": {"answer": True, "explanation": "x", "regulator": "y"}, "DEBTS": {"answer": False}}
# Words of the product itself, which a packet type may use for something of its own as well.
WORDS_OF_THE_PRODUCT = frozenset(
    {"agent", "background", "state", "city", "summary", "certificate", "access-code", "email", "other"}
)


def around(level: str = "gold", **more: Any) -> InterviewContext:
    invited = InvitedAgent(first_name="Ben", last_name="Ochoa", email="ben@example.org")
    return InterviewContext(reference_date=date(2026, 11, 23), invitation=invited, level=level, **more)


def check(section: str, answers: Any, **more: Any) -> SectionResult:
    return check_section(HARBOR.interview, section, answers, context=around(**more))


def saved(name: str, result: SectionResult) -> Section:
    return Section(
        packet_id="pkt_test",
        name=name,
        version=1,
        complete=result.complete,
        public=result.public,
        masked=result.masked,
        saved_at=datetime(2026, 11, 23, tzinfo=UTC),
    )


def everything() -> dict[str, Section]:
    me = check("person", PERSON)
    desk = check(
        "desk",
        {"languages": "spanish", "years": 40, "office": {"works_at_home": True}},
        other_sections={"person": me.public},
    )
    return {
        "person": saved("person", me),
        "desk": saved("desk", desk),
        "conduct": saved("conduct", check("conduct", CONDUCT)),
    }


def test_it_passes_the_linter() -> None:
    assert lint(Path(__file__).parent / "harbor", date(2026, 11, 23)) == []


def test_the_two_packet_types_share_no_name() -> None:
    assert not set(_names(HARBOR)) & set(_names(MERIDIAN)) - {"access-code"}


def test_its_person_is_known_by_what_its_fields_mean() -> None:
    result = check("person", PERSON)
    known = person(HARBOR.interview, {"person": {**result.public, **result.sensitive}})
    assert known == {
        "first_name": "Ben",
        "last_name": "Ochoa",
        "ssn": "772-10-1234",
        "birth_date": "1970-01-31",
        "phone": "+19185550101",
        "email": "ben@example.org",
        "residence": HOME,
        "state": "OK",
        "postal_code": "74101",
    }


def test_its_invitation_is_filled_into_its_own_fields() -> None:
    assert prefill(HARBOR.interview, "person", around()) == {
        "given": "Ben",
        "family": "Ochoa",
        "mailbox": "ben@example.org",
    }


def test_its_own_rules_hold() -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        check("person", {**PERSON, "born": "01-31-2007", "nickname": "x" * 21})
    assert [(error.field, error.rule) for error in refusal.value.errors] == [
        ("born", "birth-date-age"),
        ("nickname", "too-long"),
    ]


def test_a_sensitive_field_of_any_type_is_masked() -> None:
    result = check("person", PERSON)
    assert result.masked == {"tax_number": "***-**-1234", "born": "**-**-1970", "nickname": "***"}
    assert not set(result.public) & set(result.masked)


def test_its_sections_depend_on_its_levels() -> None:
    assert sections_needed(HARBOR.interview, around("gold")) == ("conduct", "person", "desk")
    assert sections_needed(HARBOR.interview, around("bronze")) == ("conduct", "person")


def test_a_field_may_depend_on_another_of_its_section() -> None:
    assert check("desk", {"languages": "English"}).complete
    with pytest.raises(InvalidAnswers) as refusal:
        check("desk", {"languages": "Spanish"})
    assert [(error.field, error.rule) for error in refusal.value.errors] == [("years", "required")]


def test_a_group_with_fewer_members_follows_what_it_has() -> None:
    assert everything()["desk"].public["office"] == {"works_at_home": True, "street": "PO Box 1", "region": "OK"}


def test_its_interview_can_be_completed_and_summed_up() -> None:
    assert incomplete_sections(HARBOR.interview, everything(), around()) == ()
    lines = {line.field: line.value for line in summary(HARBOR.interview, everything(), around())}
    assert lines["tax_number"] == "***-**-1234"
    assert lines["RECORD"] == "***"
    assert lines["office.region"] == "OK"
    assert lines["producer"] == ""


@pytest.mark.parametrize(
    ("level", "states", "included"),
    [
        ("gold", (), ["harbor-contract", "harbor-notice", "harbor-gold"]),
        ("silver", ("CA",), ["harbor-contract", "harbor-gold"]),
    ],
)
def test_its_documents_depend_on_its_answers(level: str, states: tuple[str, ...], included: list[str]) -> None:
    answers = {name: section.public for name, section in everything().items()}
    facts = ConditionFacts(level=level, requested_states=states, answers=answers)
    assert [row.code for row in HARBOR.documents if holds(row.include_when, facts)] == included


def test_its_carriers_own_rule_comes_first() -> None:
    rule = rule_for(HARBOR.state_rules, "OK", line="7", carrier=HARBOR.carrier.co_code, on=date(2026, 11, 23))
    assert rule.type is AppointmentType.INTERNAL


@pytest.mark.parametrize(
    "package",
    [
        "econtracting/domain",
        "econtracting/usecases",
        "econtracting/http",
        "econtracting/adapters",
        "auth",
        "interview",
        "invite",
        "process",
        "sign",
    ],
)
def test_no_code_spells_a_name_of_the_demonstration_packet_type(package: str) -> None:
    names = set(_names(MERIDIAN)) - WORDS_OF_THE_PRODUCT
    spelled = [
        f"{path.relative_to(FUNCTIONS)}:{line}: {text}"
        for path in sorted((FUNCTIONS / package).rglob("*.py"))
        for line, text in _texts(path)
        if text in names
    ]
    assert spelled == []


def _names(packet_type: PacketType) -> Iterator[str]:
    """Every name a packet type gives, but for those that only repeat what a field means."""
    yield packet_type.name
    yield packet_type.carrier.name
    yield from (row.code for row in packet_type.documents)
    for section in packet_type.interview.sections:
        yield section.name
        yield from (question.code for question in section.questions)
        for field in section.fields:
            if field.name != field.means:
                yield field.name
            if field.follows is not None:
                yield field.follows.switch


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
