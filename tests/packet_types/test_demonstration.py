"""The demonstration packet type is whole: who adds a field, a type of field or a rule is told what is still missing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from econtracting import packet_types
from econtracting.domain.appointing.state_rules import AppointmentType, rule_for
from econtracting.domain.interview import fields
from econtracting.domain.interview.definition import Field, FieldType
from local.demo.cast import Person
from tests.domain.test_fields import TEXT_TYPES
from tests.support import journey
from tests.support.deployed import ROOT

HOME = packet_types.HOME / "meridian"
MERIDIAN = packet_types.read(HOME)
FIELDS = [(section.name, field) for section in MERIDIAN.interview.sections for field in section.fields]
TEMPLATES = sorted((HOME / "templates").glob("*.typ"))
SHARED = packet_types.HOME / "shared" / "lib.typ"
SUMMARY = HOME / "templates" / "summary.typ"
NAMED = re.compile(r'answer\("([a-z-]+\.[a-z_]+)')
# What the summary shows otherwise: the requested states with their rules, and that these were acknowledged.
SHOWN_AS_STATES = {"pre-appointments.requested_states", "pre-appointments.acknowledged"}

# (state, first day of a later row) -> what holds from that day on
CHANGES: dict[tuple[str, date], AppointmentType] = {}


def shown(path: Path) -> set[str]:
    return set(NAMED.findall(path.read_text(encoding="utf-8")))


def test_the_summary_shows_every_answer() -> None:
    asked = {f"{section}.{field.name}" for section, field in FIELDS}
    missing = asked - shown(SUMMARY) - shown(SHARED) - SHOWN_AS_STATES
    assert missing == set(), f"{SUMMARY.relative_to(ROOT)} does not show them"


@pytest.mark.parametrize("template", [*TEMPLATES, SHARED], ids=lambda path: path.stem)
def test_every_answer_that_a_template_names_is_asked(template: Path) -> None:
    asked = {f"{section}.{field.name}" for section, field in FIELDS} | {"background.questions"}
    assert shown(template) <= asked, "functions/econtracting/packet_types/meridian/interview.json does not ask for them"


@pytest.mark.parametrize(("section", "field"), FIELDS, ids=lambda part: getattr(part, "name", part))
def test_every_required_field_is_answered_by_the_people_of_tests_and_demo(section: str, field: Field) -> None:
    if not field.required:
        return
    demo = Person("dana@example.com", "15645555", ("TN",), "5", journey.SSN).answers()
    for people, file in ((journey.ANSWERS, "tests/support/journey.py"), (demo, "local/demo/cast.py")):
        assert field.name in people.get(section, {field.name: None}), f"{file} leaves {section}.{field.name} out"


@pytest.mark.parametrize("kind", get_args(FieldType))
def test_every_type_of_field_is_read_tried_and_drawn(kind: FieldType) -> None:
    if kind in ("requested-states", "group"):
        return  # made of other fields, or of the invitation's states
    assert kind in fields._TEXTS or kind in fields._OTHERS, "functions/econtracting/domain/interview/fields.py"
    assert kind in TEXT_TYPES or kind in fields._OTHERS, "tests/domain/test_fields.py"
    plain = kind in ("name", "text", "city", "address-line")
    drawn = (ROOT / "web" / "src" / "interview" / "FieldInput.tsx").read_text(encoding="utf-8")
    assert plain or f'case "{kind}":' in drawn, "web/src/interview/FieldInput.tsx"


def test_every_reader_belongs_to_a_type() -> None:
    readers = set(fields._TEXTS) | set(fields._OTHERS)
    assert readers <= set(get_args(FieldType)), "functions/econtracting/domain/interview/definition.py"
    assert set(TEXT_TYPES) <= set(get_args(FieldType)), "functions/econtracting/domain/interview/definition.py"


def test_every_later_row_of_a_state_is_told_here() -> None:
    first: dict[str, date] = {}
    for rule in MERIDIAN.state_rules:
        first[rule.state] = min(rule.effective_from, first.get(rule.state, date.max))
    later = {(rule.state, rule.effective_from) for rule in MERIDIAN.state_rules} - set(first.items())
    assert later <= set(CHANGES), "tests/packet_types/test_demonstration.py does not say what holds then"
    assert set(CHANGES) <= later, "functions/econtracting/packet_types/meridian/state_rules.json has no such row"


def test_a_later_row_holds_from_its_day_on() -> None:
    rules, line, carrier = MERIDIAN.state_rules, MERIDIAN.line_code, MERIDIAN.carrier.co_code
    held = {(state, day): rule_for(rules, state, line=line, carrier=carrier, on=day).type for state, day in CHANGES}
    assert held == CHANGES
