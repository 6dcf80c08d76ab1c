"""Notices about a background report as the agent has them: read behind the log-in, with what goes with them.

Source: 15 U.S.C. 1681b(b)(3): the copy of the report and the summary of rights come with the notice, before a decision.
Nothing of this shows on the timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import NotFound
from econtracting.domain.outbox import Effect, FetchReport
from econtracting.domain.packet import Packet, Status
from econtracting.domain.screening.adverse import AdverseCase, ReportCopy
from econtracting.domain.screening.notices import Ground, Notice, NoticeKind, notices_of
from econtracting.domain.signing.signing import Document
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.screening import adverse
from econtracting.views.notices import DisputeView, EnclosureView, NoticeRowView, NoticesView

FETCHER = Actor(kind="system", id="report-copies")


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
        case = adverse.current(self.packets, packet)
        open_case = case if case is not None and case.pre_sent_at is not None else None
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
            before = notice.kind is NoticeKind.PRE_ADVERSE
            arrived = adverse.notice_delivered(packets, packet, now, actor) if before else None
            if seen and arrived is None:
                return None
            read = Event(type=EventType.ADVERSE_READ, at=now, actor=actor, data={"notice": notice_id})
            return plus(arrived or Change(packet), events=[] if seen else [read])

        packets.change(agent.packet_id, decide)
        return f"{notice.title}\n\n{notice.text}\n"

    def report(self, agent: Agent, notice_id: str) -> bytes:
        """The copy of the report that goes with a notice. Raises NotFound."""
        packet = self.packets.load(agent.packet_id)
        notice = _one(self.packets, self.packet_types, packet, notice_id)
        case = self.packets.find(AdverseCase, packet.id, notice_id.rpartition("-")[2])
        if case is None or case.copy_of_report is None or notice.kind is not NoticeKind.PRE_ADVERSE:
            raise NotFound("No copy of a report goes with this notice.", code="report-not-found")
        return self.documents.read(case.copy_of_report.key, case.copy_of_report.version)

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


def fetch(
    *,
    packets: ports.Packets,
    checks: ports.BackgroundChecks,
    documents: ports.DocumentStore,
    clock: ports.Clock,
    effect: Effect,
) -> None:
    """Keep the copy of a report that is weighed. Raises Unavailable: the effect comes back."""
    attempt = str(effect.asks_for(FetchReport).attempt)
    case = packets.find(AdverseCase, effect.packet_id, attempt)
    if case is None or case.over:
        return
    content = checks.copy(case.report_id)
    digest = sha256(content).hexdigest()
    stored = documents.keep(f"reports/{effect.packet_id}/{digest}.pdf", content)
    copy, now = ReportCopy(key=stored.key, version=stored.version, sha256=digest), clock.now()

    def decide(packet: Packet) -> Change | None:
        current = packets.find(AdverseCase, packet.id, attempt)
        if current is None or current.over or current.copy_of_report == copy:
            return None
        kept = Event(
            type=EventType.ADVERSE_COPY_KEPT, at=now, actor=FETCHER, data={"attempt": current.attempt, "sha256": digest}
        )
        return Change(packet, events=[kept], puts=[current.keep_copy(copy)])

    packets.change(effect.packet_id, decide)


def _of(packets: ports.Packets, packet_types: ports.PacketTypes, packet: Packet) -> list[Notice]:
    documents = {one.document_id for one in packets.all_of(Document, packet.id)}
    cases = packets.all_of(AdverseCase, packet.id)
    return [notice for case in cases for notice in notices_of(case, packet, packet_types(packet.type), documents)]


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
