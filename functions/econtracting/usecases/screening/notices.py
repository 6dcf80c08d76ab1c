"""Notices about a background report as the agent has them: read behind the log-in, with what goes with them.

Source: 15 U.S.C. 1681b(b)(3): the copy of the report and the summary of rights come with the notice, before a decision.
Nothing of this shows on the timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from econtracting import ports
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import NotFound
from econtracting.domain.packet import Packet, Status
from econtracting.domain.screening.adverse import AdverseCase
from econtracting.domain.screening.background import Check
from econtracting.domain.screening.notices import Ground, Notice, NoticeKind, Occasion, notices_of
from econtracting.domain.signing.signing import Document
from econtracting.domain.words import said
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.standing import current_case
from econtracting.usecases.screening import adverse
from econtracting.views.base import reading_of
from econtracting.views.notices import DisputeView, EnclosureView, NoticeRowView, NoticesView

COPY_NAME = "background-report.pdf"
LARGEST_ANSWER = 4 * 1024 * 1024  # bytes; a function answers six million, of which base64 takes a third
LINK_LIFE = timedelta(minutes=2)


class CopyOfReport(NamedTuple):
    """The copy itself, or, where it is too large for an answer, the address of the stored file."""

    content: bytes = b""
    link: str | None = None


@dataclass(frozen=True)
class Notices:
    """What the agent reads and disputes. Everything that names a notice raises NotFound for one they have not got."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    documents: ports.DocumentStore
    clock: ports.Clock

    def rows(self, agent: Agent) -> NoticesView:
        """The notices the agent has got, newest first, and whether the report can be disputed here now."""
        packet = self.packets.load(agent.packet_id)
        found = sorted(_of(self.packets, self.packet_types, packet), key=lambda one: one.at, reverse=True)
        case = current_case(self.packets, packet)
        open_case = case if case is not None and case.noticed_at is not None else None
        weighed = packet.status is Status.ADVERSE_REVIEW
        return NoticesView(
            items=[_row(one) for one in found],
            dispute_possible=weighed and open_case is not None and open_case.can_be_disputed,
            disputed_at=open_case.disputed_at if open_case is not None else None,
        )

    def text(self, agent: Agent, notice_id: str) -> str:
        """A notice's words. Reading the one before a decision proves that it arrived, whatever became of the mail."""
        packets, now, actor = self.packets, self.clock.now(), agent.actor
        notice = _one(packets, self.packet_types, packets.load(agent.packet_id), notice_id)

        def decide(packet: Packet) -> Change | None:
            seen = any(
                one.type == EventType.ADVERSE_READ and one.data["notice"] == notice_id
                for one in packets.events(packet.id)
            )
            arrived = None
            if (
                notice.kind is NoticeKind.PRE_ADVERSE
                and adverse.weighed(packets, packet, _attempt(notice_id)) is not None
            ):
                arrived = adverse.notice_delivered(packets, packet, now, actor)
            if seen and arrived is None:
                return None
            read = Event(type=EventType.ADVERSE_READ, at=now, actor=actor, data={"notice": notice_id})
            return plus(arrived or Change(packet), events=[] if seen else [read])

        packets.change(agent.packet_id, decide)
        written = f"{notice.title}\n\n{notice.text}\n"
        reading = reading_of(notice.text)
        if reading is None:
            return written
        note, title = said(reading.note, reading.language), said(notice.title, reading.language)
        return f"{written}\n* * *\n\n{note}\n\n{title}\n\n{reading.text}\n"

    def report(self, agent: Agent, notice_id: str) -> CopyOfReport:
        """The copy of the report that goes with a notice. Raises NotFound."""
        packet = self.packets.load(agent.packet_id)
        notice = _one(self.packets, self.packet_types, packet, notice_id)
        case = self.packets.find(AdverseCase, packet.id, str(_attempt(notice_id)))
        if case is None or case.copy_of_report is None or notice.kind is not NoticeKind.PRE_ADVERSE:
            raise NotFound("No copy of a report goes with this notice.", code="report-not-found")
        copy = case.copy_of_report
        if (copy.size or 0) > LARGEST_ANSWER:
            place = ports.StoredObject(copy.key, copy.version)
            return CopyOfReport(link=self.documents.link(place, COPY_NAME, LINK_LIFE))
        return CopyOfReport(content=self.documents.read(copy.key, copy.version))

    def dispute(self, agent: Agent, notice_id: str, grounds: Sequence[Ground]) -> DisputeView:
        """The agent disputes the report: the clock stands still and the contracting department is told.

        Raises InvalidTransition once there is nothing to hold up.
        """
        packets, now = self.packets, self.clock.now()
        _one(packets, self.packet_types, packets.load(agent.packet_id), notice_id)

        def decide(packet: Packet) -> Change:
            words = sorted({one.value for one in grounds})
            change = adverse.disputed(packets, packet, now, agent.actor, grounds=words)
            return plus(change, answer=DisputeView(disputed_at=now))

        return DisputeView.again(packets.change(agent.packet_id, decide, agent.request).answer)


def _of(packets: ports.Packets, packet_types: ports.PacketTypes, packet: Packet) -> list[Notice]:
    documents = {one.document_id for one in packets.all_of(Document, packet.id)}
    checks = {one.attempt: one for one in packets.all_of(Check, packet.id)}
    definition = packet_types(packet.type)
    return [
        notice
        for case in packets.all_of(AdverseCase, packet.id)
        for notice in notices_of(Occasion(case, checks.get(case.attempt), packet, definition, documents))
    ]


def _one(packets: ports.Packets, packet_types: ports.PacketTypes, packet: Packet, notice_id: str) -> Notice:
    for notice in _of(packets, packet_types, packet):
        if notice.notice_id == notice_id:
            return notice
    raise NotFound("There is no such notice.", code="notice-not-found")


def _row(notice: Notice) -> NoticeRowView:
    return NoticeRowView(
        notice_id=notice.notice_id,
        kind=notice.kind,
        title=notice.title,
        at=notice.at,
        view=f"/packet/notices/{notice.notice_id}/content",
        enclosures=[EnclosureView(title=one.title, view=one.view, url=one.url) for one in notice.enclosures],
    )


def _attempt(notice_id: str) -> int:
    """Of the background check whose report a notice is about. The id is one that was found before."""
    return int(notice_id.rpartition("-")[2])
