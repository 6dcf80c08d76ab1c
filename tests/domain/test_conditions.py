"""The condition language of packet data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econtracting.domain.fields.conditions import ConditionFacts, answer_at, answers_read, holds, well_formed

FACTS = ConditionFacts(
    level="5",
    requested_states=("NY", "AL"),
    answers={"agent": {"residential": {"state": "CA"}}, "direct-deposit": {"eft": True}, "empty": {}},
)
TRUE: dict[str, Any] = {"level_in": ["5"]}
FALSE: dict[str, Any] = {"level_in": ["1"]}


def test_no_condition_always_holds() -> None:
    assert holds(None, FACTS)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"answer": "agent.residential.state", "in": ["NY", "CA"]}, True),
        ({"answer": "agent.residential.state", "in": ["NY"]}, False),
        ({"answer": "agent.residential.state", "in": []}, False),
        ({"answer": "agent.residential.state", "equals": "CA"}, True),
        ({"answer": "direct-deposit.eft", "equals": True}, True),
        ({"answer": "direct-deposit.eft", "equals": False}, False),
        ({"answer": "direct-deposit.eft", "equals": 1}, False),
        ({"requested_state": "NY"}, True),
        ({"requested_state": "TX"}, False),
        ({"level_in": ["4", "5"]}, True),
        ({"level_in": ["4"]}, False),
        ({"all": []}, True),
        ({"any": []}, False),
        ({"all": [TRUE, TRUE]}, True),
        ({"all": [TRUE, FALSE]}, False),
        ({"any": [FALSE, TRUE]}, True),
        ({"any": [FALSE]}, False),
        ({"not": TRUE}, False),
        ({"not": {"any": [FALSE, {"not": TRUE}]}}, True),
    ],
)
def test_a_condition_is_judged_by_the_facts(condition: dict[str, Any], expected: bool) -> None:
    assert holds(well_formed(condition), FACTS) is expected


@pytest.mark.parametrize("path", ["addresses.business.state", "agent.residential.state.x", "empty.x", "agent.nothing"])
def test_an_answer_not_given_matches_nothing(path: str) -> None:
    assert answer_at(path, FACTS.answers) is None
    assert not holds({"answer": path, "in": ["CA", True]}, FACTS)
    assert not holds({"answer": path, "equals": False}, FACTS)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"answer": "agent.state"},
        {"answer": "agent.state", "is": "NY"},
        {"answer": "agent.state", "in": "NY"},
        {"answer": 3, "equals": 3},
        {"requested_state": ["NY"]},
        {"level_in": [5]},
        {"all": {}},
        {"all": [{"any": [{}]}]},
        {"not": []},
        {"not": None},
        {"requested_state": "NY", "level_in": ["5"]},
    ],
)
def test_what_is_not_in_the_language_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        well_formed(broken)


def test_a_condition_names_the_answers_it_reads() -> None:
    condition = {"all": [{"answer": "a.b", "equals": 1}, {"not": {"any": [{"answer": "c.d", "in": []}, TRUE]}}]}
    assert list(answers_read(condition)) == ["a.b", "c.d"]
    assert list(answers_read(None)) == []


LEAVES = st.sampled_from([TRUE, FALSE, {"requested_state": "NY"}, {"answer": "direct-deposit.eft", "equals": True}])
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
)


@given(parts=st.lists(CONDITIONS, max_size=4))
def test_de_morgan_holds_of_all_and_any(parts: list[dict[str, Any]]) -> None:
    negated = [{"not": part} for part in parts]
    assert holds(well_formed({"not": {"all": parts}}), FACTS) == holds({"any": negated}, FACTS)
