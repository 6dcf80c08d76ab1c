"""What the rules of a section know about the packet around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from econtracting.domain.fields.conditions import ConditionFacts
from econtracting.domain.interview.fields import FieldContext
from econtracting.domain.packet import InvitedAgent


class InterviewContext(FieldContext):
    """`other_sections` are the public answers saved so far, by section.

    `stored_masked` is what screens show of this section's sensitive answers: a client that sends such a mask back, or
    leaves the field out, keeps what is stored. `attachments` are the ids of the packet's uploads; None means unchecked.
    """

    invitation: InvitedAgent
    level: str
    requested_states: tuple[str, ...] = ()
    other_sections: Mapping[str, Mapping[str, Any]] = {}
    stored_masked: Mapping[str, Any] = {}
    attachments: frozenset[str] | None = None

    def facts(self, **current: Mapping[str, Any]) -> ConditionFacts:
        return ConditionFacts(
            level=self.level, requested_states=self.requested_states, answers={**self.other_sections, **current}
        )
