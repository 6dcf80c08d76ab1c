"""The condition language of packet data: when a section is asked, a field required, a document included.

A condition is one of
    null                                                     always
    {"answer": "agent.residential.state", "in": ["NY"]}      an answer that is not sensitive is one of these
    {"answer": "direct-deposit.eft", "equals": true}         ... or exactly this; an answer not given matches nothing
    {"requested_state": "NY"}                                the recruiter asked for a pre-appointment there
    {"level_in": ["5"]}                                      the agent's level
    {"all": [...]}, {"any": [...]}, {"not": ...}             of such conditions
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

from econtracting.domain.record import Record

_SHAPES = ({"answer", "in"}, {"answer", "equals"}, {"requested_state"}, {"level_in"}, {"all"}, {"any"}, {"not"})


class ConditionFacts(Record):
    """What conditions may look at. `answers` are the public answers by section, copies followed."""

    level: str
    requested_states: tuple[str, ...] = ()
    answers: Mapping[str, Mapping[str, Any]] = {}


def holds(condition: Mapping[str, Any] | None, facts: ConditionFacts) -> bool:
    """Whether a condition is true of a packet. `condition` has passed `well_formed`."""
    if condition is None:
        return True
    match dict(condition):
        case {"answer": path, "in": values}:
            return any(_same(answer_at(path, facts.answers), value) for value in values)
        case {"answer": path, "equals": value}:
            return _same(answer_at(path, facts.answers), value)
        case {"requested_state": state}:
            return state in facts.requested_states
        case {"level_in": levels}:
            return facts.level in levels
        case {"all": parts}:
            return all(holds(part, facts) for part in parts)
        case {"any": parts}:
            return any(holds(part, facts) for part in parts)
        case {"not": part}:
            return not holds(part, facts)
    raise ValueError("not a condition")


def answer_at(path: str, answers: Mapping[str, Any]) -> Any:
    """The answer at a dotted path that begins with the section's name; None if it was not given."""
    found: Any = answers
    for step in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(step)
    return found


def answers_read(condition: Mapping[str, Any] | None) -> Iterator[str]:
    """The paths of all answers a condition looks at."""
    if condition is None:
        return
    if "answer" in condition:
        yield condition["answer"]
    for part in (*condition.get("all", ()), *condition.get("any", ()), condition.get("not")):
        yield from answers_read(part)


def well_formed(condition: dict[str, Any]) -> dict[str, Any]:
    """The condition itself; ValueError if it does not belong to the language."""
    if set(condition) not in _SHAPES:
        raise ValueError(f"no condition has the members {sorted(condition)}")
    (kind, value), *rest = sorted(condition.items(), key=lambda member: member[0] != "answer")
    if kind in ("answer", "requested_state") and not isinstance(value, str):
        raise ValueError(f"{kind} takes a text")
    if kind == "level_in" and not _is_list_of(value, str):
        raise ValueError("level_in takes a list of levels")
    if rest and rest[0][0] == "in" and not _is_list_of(rest[0][1], (str, bool, int)):
        raise ValueError("in takes a list of values")
    if kind in ("all", "any") and not _is_list_of(value, dict):
        raise ValueError(f"{kind} takes a list of conditions")
    if kind == "not" and not isinstance(value, dict):
        raise ValueError("not takes a condition")
    for part in value if kind in ("all", "any") else [value] if kind == "not" else []:
        well_formed(part)
    return condition


Condition = Annotated[
    dict[str, Any], AfterValidator(well_formed), WithJsonSchema({"title": "Condition", "type": "object"})
]


def _same(answer: Any, value: Any) -> bool:
    return type(answer) is type(value) and answer == value  # true is not 1


def _is_list_of(value: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, list) and all(isinstance(member, kind) for member in value)
