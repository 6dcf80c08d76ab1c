"""The road of a packet as agents and the contracting department see it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from econtracting.domain.moment import Moment
from econtracting.views.base import Said, View


def _absent(value: object) -> bool:
    return value is None


class DelayView(View):
    """An outside system does not answer, and someone waits for it."""

    waiting_for: list[str] = Field(description="The outside systems by code, so that a page can say it in any language")
    message: Said = Field(description="The same in the language of the answer")


class StageView(View):
    """A stage of the road. What is not known of it is left out."""

    stage: str = Field(description="Code of the stage")
    state: Literal["done", "current", "ahead"]
    at: Moment | None = Field(default=None, exclude_if=_absent, description="When it was done")
    expected_by: Moment | None = Field(
        default=None, exclude_if=_absent, description="By when it is usually done, where others work for the agent"
    )
    delay: DelayView | None = Field(default=None, exclude_if=_absent, description="Why it takes longer")

    @classmethod
    def of(cls, row: dict[str, Any]) -> StageView:
        return cls.model_validate(row)
