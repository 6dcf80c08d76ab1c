"""What is answered about producers: to the carrier's systems, and to the certification site."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from econtracting.domain.moment import Moment
from econtracting.views.base import View


class ReasonView(View):
    """A requirement and how it stands."""

    requirement: str = Field(description="contracted, background, certified, licensed or appointed")
    met: bool
    detail: str = Field(description="A sentence for people")
    code: str | None = Field(description="Stable word for why it is not met; null if it is")


class ReadyToSellView(View):
    """Whether a producer may sell in a state on a day, with one reason for each requirement."""

    npn: str
    state: str
    on: date
    as_of: datetime = Field(description="When the answer was given")
    ready: bool
    reasons: list[ReasonView]


class CertificationStatusView(View):
    """Whether the certification site knows a producer already."""

    loaded: bool
    expected_by: Moment | None = Field(description="By when the feed should have been loaded; null once it is")
