"""Looking after a packet whose time has come: who must act next, and is someone really acting?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.outbox import execution_name, start_workflow
from econtracting.domain.packet import DRIVEN_BY_WORKFLOW, Packet
from econtracting.ports import Change

RECONCILER = Actor(kind="system", id="reconciler")


@dataclass(frozen=True)
class Upkeep:
    """Sees that packets move. `every` is how often it looks after one that a workflow drives."""

    packets: ports.Packets
    workflow: ports.Workflow
    clock: ports.Clock
    every: timedelta

    def attend_workflow(self, packet_id: str) -> bool:
        """See that a packet driven by a workflow has a running execution; start the next attempt if it has none.

        Answers whether something was mended (invariant I8).
        """
        now = self.clock.now()
        looked = self.packets.load(packet_id)
        if looked.before_submission:
            return False
        name = execution_name(packet_id, looked.attempt)
        gone = looked.status in DRIVEN_BY_WORKFLOW and not self.workflow.running(name)
        # A start that is still in the outbox looks like an execution that is gone; give it one round.
        young = now - looked.status_at < self.every

        def decide(packet: Packet) -> Change | None:
            if packet.version != looked.version:
                return None
            if packet.status not in DRIVEN_BY_WORKFLOW:
                return Change(packet.look_again(None))
            if not gone or young:
                return Change(packet.look_again(now + self.every))
            after = packet.next_attempt(now + self.every)
            data = {"attempt": after.attempt}
            event = Event(type=EventType.WORKFLOW_RESTARTED, at=now, actor=RECONCILER, data=data)
            return Change(after, events=[event], effects=[start_workflow(packet_id, after.attempt, now)])

        return self.packets.change(packet_id, decide).packet.attempt > looked.attempt
