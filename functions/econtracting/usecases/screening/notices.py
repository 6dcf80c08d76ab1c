"""Notices about a background report as the agent has them: read behind the log-in, with what goes with them.

Source: 15 U.S.C. 1681b(b)(3): the copy of the report and the summary of rights come with the notice, before a decision.
Nothing of this shows on the timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Request
from econtracting.domain.errors import NotFound
from econtracting.domain.moment import iso
from econtracting.domain.outbox import Effect, FetchReport
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.adverse import AdverseCase, ReportCopy
from econtracting.domain.screening.notices import PRE_ADVERSE, Ground, Notice, notices_of
from econtracting.domain.signing.signing import Document
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.screening import adverse

PacketTypes = Callable[[str], PacketType]

FETCHER = Actor(kind="system", id="report-copies")


def listed(*, packets: ports.Packets, packet_types: PacketTypes, packet_id: str) -> dict[str, Any]:
    """The notices the agent has got, newest first, and whether the report can be disputed here now."""
    packet = packets.load(packet_id)
    found = sorted(_of(packets, packet_types, packet), key=lambda one: one.at, reverse=True)
    case = adverse.current(packets, packet)
    open_case = case if case is not None and case.pre_sent_at is not None else None
    weighed = packet.status is Status.ADVERSE_REVIEW
    return {
        "items": [_row(one) for one in found],
        "dispute_possible": weighed and open_case is not None and open_case.can_be_disputed,
        "disputed_at": iso(open_case.disputed_at) if open_case is not None and open_case.disputed_at else None,
    }


def status_shown(*, packets: ports.Packets, packet_id: str) -> Status:
    """Where the agent is told the packet stands: that a report is being weighed shows once they have the notice."""
    packet = packets.load(packet_id)
    if packet.status is not Status.ADVERSE_REVIEW:
        return packet.status
    case = adverse.current(packets, packet)
    return packet.status if case is not None and case.pre_sent_at is not None else Status.BACKGROUND_CHECK


def text(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    packet_id: str,
    notice_id: str,
    actor: Actor,
) -> str:
    """A notice's words. Reading the one before a decision proves that it arrived, whatever became of the mail.

    Raises NotFound.
    """
    notice = _one(packets, packet_types, packets.load(packet_id), notice_id)
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        seen = any(
            one.type == EventType.ADVERSE_READ and one.data["notice"] == notice_id for one in packets.events(packet_id)
        )
        arrived = adverse.notice_delivered(packets, packet, now, actor) if notice.kind == PRE_ADVERSE else None
        if seen and arrived is None:
            return None
        read = Event(type=EventType.ADVERSE_READ, at=now, actor=actor, data={"notice": notice_id})
        return plus(arrived or Change(packet), events=[] if seen else [read])

    packets.change(packet_id, decide)
    return f"{notice.title}\n\n{notice.text}\n"


def report(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    documents: ports.DocumentStore,
    packet_id: str,
    notice_id: str,
) -> bytes:
    """The copy of the report that goes with a notice. Raises NotFound."""
    packet = packets.load(packet_id)
    notice = _one(packets, packet_types, packet, notice_id)
    case = packets.find(AdverseCase, packet_id, notice_id.rpartition("-")[2])
    if case is None or case.copy_of_report is None or notice.kind != PRE_ADVERSE:
        raise NotFound("No copy of a report goes with this notice.", code="report-not-found")
    return documents.read(case.copy_of_report.key, case.copy_of_report.version)


def dispute(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    packet_id: str,
    notice_id: str,
    grounds: Sequence[Ground],
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """The agent disputes the report: the clock stands still and the contracting department is told.

    Raises NotFound for a notice that the agent has not got, InvalidTransition once there is nothing to hold up.
    """
    _one(packets, packet_types, packets.load(packet_id), notice_id)
    now = clock.now()

    def decide(packet: Packet) -> Change:
        change = adverse.disputed(packets, packet, now, actor, grounds=sorted({one.value for one in grounds}))
        return plus(change, answer={"disputed_at": iso(now)})

    answer: dict[str, Any] = packets.change(packet_id, decide, request).answer
    return answer


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
        return Change(packet, events=[kept], puts=[current.model_copy(update={"copy_of_report": copy})])

    packets.change(effect.packet_id, decide)


def _of(packets: ports.Packets, packet_types: PacketTypes, packet: Packet) -> list[Notice]:
    documents = {one.document_id for one in packets.all_of(Document, packet.id)}
    cases = packets.all_of(AdverseCase, packet.id)
    return [notice for case in cases for notice in notices_of(case, packet, packet_types(packet.type), documents)]


def _one(packets: ports.Packets, packet_types: PacketTypes, packet: Packet, notice_id: str) -> Notice:
    for notice in _of(packets, packet_types, packet):
        if notice.notice_id == notice_id:
            return notice
    raise NotFound("There is no such notice.", code="notice-not-found")


def _row(notice: Notice) -> dict[str, Any]:
    return {
        "notice_id": notice.notice_id,
        "kind": notice.kind,
        "title": notice.title,
        "at": iso(notice.at),
        "view": f"/packet/notices/{notice.notice_id}/content",
        "enclosures": [one.model_dump(mode="json") for one in notice.enclosures],
    }
