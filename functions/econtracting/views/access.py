"""What the agent is told of the way in."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from econtracting.domain.access.access import IDLE, Session
from econtracting.domain.moment import Moment
from econtracting.domain.packet import Packet, Status
from econtracting.domain.words import Language
from econtracting.views.base import Said, View


class PasswordRequestedView(View):
    """The same whether or not the link leads anywhere."""

    detail: Said


class RemindersView(View):
    """Whether the packet's agent is reminded of what is left to do."""

    on: bool
    stopped_at: Moment | None = Field(description="Since when the agent wants none; null while they are on")

    @classmethod
    def of(cls, packet: Packet) -> Self:
        return cls(on=packet.reminders_stopped_at is None, stopped_at=packet.reminders_stopped_at)


class SessionView(View):
    """The session that a request came with."""

    packet_id: str
    status: Status
    must_change_password: bool = Field(description="Whether a temporary password has to be replaced first")
    ends_at: Moment = Field(description="When it ends, however busy it is")
    idle_seconds: int = Field(description="After how many seconds without a request it ends before")
    language: Language | None = Field(description="The packet's language; null until someone said it")

    @classmethod
    def of(cls, session: Session, packet: Packet) -> Self:
        return cls(
            packet_id=packet.id,
            status=packet.status,
            must_change_password=session.must_change_password,
            ends_at=session.ends_at,
            idle_seconds=int(IDLE.total_seconds()),
            language=packet.language,
        )
