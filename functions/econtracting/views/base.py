"""The base of all views."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """One answer, or a part of one. Every property is declared; `model_dump(mode="json")` is the body as it is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def again(cls, answer: Any) -> Self:
        """An answer that was kept for a repeated request, or was just made. Raises ValidationError for another's."""
        return answer if isinstance(answer, cls) else cls.model_validate(answer)
