"""News for which nobody waits any more: put before the contracting department instead of being applied."""

from __future__ import annotations

from datetime import datetime

from econtracting import ports
from econtracting.domain.late_news import LateItem, LateNews
from econtracting.domain.packet import Packet
from econtracting.ports import Change
from econtracting.usecases.commit.lifecycle import attention


def put_before_department(
    packets: ports.Packets, packet: Packet, about: str, now: datetime, facts: dict[str, str | int | None]
) -> Change:
    """The packet stays as it is; the news waits in the queue `news`, and the department is told by the code `about`.

    The trail's event is the caller's. `facts` never hold a personal value.
    """
    item = LateItem(about=about, at=now, facts=facts)
    before = packets.find(LateNews, packet.id)
    after = before.with_item(item) if before else LateNews(packet_id=packet.id, since=now, items=(item,))
    return Change(packet, effects=[attention(packet, about, now)], puts=[after])
