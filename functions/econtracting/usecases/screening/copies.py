"""The copies of reports that go with notices: fetched from the screening company, kept, compared with those before."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from typing import BinaryIO

from econtracting import ports
from econtracting.domain.audit import Event, EventType
from econtracting.domain.errors import TooLarge
from econtracting.domain.outbox import Effect, FetchReport
from econtracting.domain.packet import Packet
from econtracting.domain.screening.adverse import AdverseCase, ReportCopy
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.late_news import put_before_department
from econtracting.usecases.screening import adverse
from econtracting.usecases.screening.adverse import CORRECTED, FETCHER

PART = 256 * 1024
COPY_TOO_LARGE = "REPORT_COPY_TOO_LARGE"


@dataclass(frozen=True)
class Copies:
    """The outbox's rows that ask for the copy of a report."""

    packets: ports.Packets
    checks: ports.BackgroundChecks
    documents: ports.DocumentStore
    clock: ports.Clock

    def fetch(self, effect: Effect) -> None:
        """Keep the copy of a report as it stands now. Raises Unavailable: the row comes back.

        The copy travels through a file, never through memory. One that is too large to be kept is told of once; the row
        is done with it.
        """
        task = effect.asks_for(FetchReport)
        case = self.packets.find(AdverseCase, effect.packet_id, str(task.attempt))
        if case is None or (case.over and case.copy_of_report is None):
            return
        with tempfile.TemporaryFile() as file:
            try:
                self.checks.copy(case.report_id, file)
            except TooLarge:
                self._refuse(effect.packet_id, task)
                return
            copy = self._keep(effect.packet_id, file)
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            current = self.packets.find(AdverseCase, packet.id, str(task.attempt))
            if current is None:
                return None
            if current.over:
                return self._compare(packet, current, copy)
            return adverse.keep_copy(current, packet, copy, task.asking, now)

        self.packets.change(effect.packet_id, decide)

    def _keep(self, packet_id: str, file: BinaryIO) -> ReportCopy:
        file.seek(0)
        digest, size = hashlib.sha256(), 0
        while part := file.read(PART):
            digest.update(part)
            size += len(part)
        stored = self.documents.keep(f"reports/{packet_id}/{digest.hexdigest()}.pdf", file)
        return ReportCopy(key=stored.key, version=stored.version, sha256=digest.hexdigest(), size=size)

    def _compare(self, packet: Packet, case: AdverseCase, copy: ReportCopy) -> Change | None:
        """A report that was decided on has changed since: what was decided stands until a person looks."""
        before = case.corrected_copy or case.copy_of_report
        if before is None or before.sha256 == copy.sha256:
            return None
        now, data = self.clock.now(), {"attempt": case.attempt, "sha256": copy.sha256}
        event = Event(type=EventType.ADVERSE_REPORT_CORRECTED, at=now, actor=FETCHER, data=data)
        told = put_before_department(self.packets, packet, CORRECTED, now, {"attempt": case.attempt})
        return plus(told, events=[event], puts=[case.keep_corrected(copy)])

    def _refuse(self, packet_id: str, task: FetchReport) -> None:
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            current = self.packets.find(AdverseCase, packet.id, str(task.attempt))
            if current is None or current.over or current.asked > task.asking:
                return None
            return adverse.refuse_copy(current, packet, COPY_TOO_LARGE, now)

        self.packets.change(packet_id, decide)
