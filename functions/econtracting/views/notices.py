"""What the agent is told of notices about a background report."""

from __future__ import annotations

from pydantic import Field

from econtracting.domain.moment import Moment
from econtracting.domain.screening.notices import NoticeKind
from econtracting.views.base import Told, View


class EnclosureView(View):
    """Something that goes with a notice."""

    title: Told
    view: str | None = Field(description="Path of a PDF of this API")
    url: str | None = Field(description="A page of the government's")


class NoticeRowView(View):
    """A notice the agent has got."""

    notice_id: str
    kind: NoticeKind
    title: Told
    at: Moment = Field(description="When it was sent")
    view: str = Field(description="Path of its text; reading it proves that it arrived")
    enclosures: list[EnclosureView]


class NoticesView(View):
    """The notices, newest first."""

    items: list[NoticeRowView]
    dispute_possible: bool = Field(description="Whether the report can be disputed here now")
    disputed_at: Moment | None = Field(description="The last time; it stays when that dispute was answered")


class DisputeView(View):
    """The report is disputed."""

    disputed_at: Moment
