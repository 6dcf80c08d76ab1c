"""Looking after a packet whose time has come: who must act next, and is somebody really acting?"""

from __future__ import annotations

from datetime import timedelta

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.outbox import execution_name, start_workflow
from econtracting.domain.packet import DRIVEN_BY_WORKFLOW, Packet
from econtracting.ports import Change

RECONCILER = Actor(kind="system", id="reconciler")


def attend_workflow(
    *,
    packets: ports.Packets,
    workflow: ports.Workflow,
    clock: ports.Clock,
    every: timedelta,
    packet_id: str,
) -> bool:
    """See that a packet driven by a workflow has a running execution; start the next attempt if it has none.

    Answers whether something was mended (invariant I8).
    """
    now = clock.now()
    looked = packets.load(packet_id)
    if looked.before_submission:
        return False
    gone = looked.status in DRIVEN_BY_WORKFLOW and not workflow.running(execution_name(packet_id, looked.attempt))
    # A start that is still in the outbox looks like an execution that is gone; give it one round.
    young = now - looked.status_at < every

    def decide(packet: Packet) -> Change | None:
        if packet.version != looked.version:
            return None
        if packet.status not in DRIVEN_BY_WORKFLOW:
            return Change(packet.having(due_at=None))
        after = packet.having(due_at=now + every)
        if not gone or young:
            return Change(after)
        attempt = packet.attempt + 1
        event = Event(type=EventType.WORKFLOW_RESTARTED, at=now, actor=RECONCILER, data={"attempt": attempt})
        effects = [start_workflow(packet_id, attempt, now)]
        return Change(after.having(attempt=attempt), events=[event], effects=effects)

    return packets.change(packet_id, decide).packet.attempt > looked.attempt
