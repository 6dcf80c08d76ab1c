"""Which changes of a sealed packet are milestones: its audit trail is then signed up to them.

Documents are sealed with a checkpoint over the trail. What happens later decides about the person just as much, so
whoever can write the table must not be able to rewrite it: each move to another status, each notice and each decision
has the whole trail before it signed by the sealing key, which the table does not reach.
"""

from __future__ import annotations

from collections.abc import Sequence

from econtracting.domain.audit import ChainedEvent, EventType
from econtracting.domain.outbox import Effect, sign_milestone
from econtracting.domain.packet import Packet

# Signed also where the packet stays in its status. What else happens is covered by the next of these, and by the
# daily head.
MILESTONES = frozenset(
    {
        EventType.ADVERSE_CANCELED,
        EventType.ADVERSE_DELIVERED,
        EventType.ADVERSE_DISPUTED,
        EventType.ADVERSE_DISPUTE_ANSWERED,
        EventType.ADVERSE_FINAL_POSSIBLE,
        EventType.ADVERSE_FINAL_SENT,
        EventType.ADVERSE_PRE_SENT,
        EventType.ADVERSE_UNDELIVERABLE,
        EventType.BGC_RECORDED,
        EventType.DECISION_MADE,
        EventType.FIRST_SALE_ALARM,
        EventType.FIRST_SALE_APPOINTED,
        EventType.PACKET_ERASED,
        EventType.PACKET_PROCESSED,
        EventType.PACKET_TIMESTAMPED,
    }
)


def sign_milestones(before: Packet | None, after: Packet, events: Sequence[ChainedEvent]) -> list[Effect]:
    """The row that has a commit's last event signed, if the commit is a milestone of a packet that was sealed before.

    The commit that seals signs its own head, at once.
    """
    if before is None or not before.submitted or not events:
        return []
    moved = before.status is not after.status
    sealed = any(event.type == EventType.PACKET_SEALED for event in events)
    if sealed or not (moved or any(event.type in MILESTONES for event in events)):
        return []
    return [sign_milestone(after.id, events[-1].seq, events[-1].at)]
