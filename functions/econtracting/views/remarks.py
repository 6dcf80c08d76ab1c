"""What is said about one thing a caller sent."""

from __future__ import annotations

from pydantic import Field

from econtracting.views.base import Said, View


class RemarkView(View):
    """An error, or a warning beside what was taken all the same. Never repeats what was entered."""

    field: str = Field(description="Path of the value, its steps separated by dots; empty for all of it")
    rule: str = Field(description="Stable word for what is wrong; clients may switch on it")
    message: Said = Field(description="For the person who entered it, in the language of the answer")
