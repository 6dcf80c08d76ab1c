"""Sealing answers again that an earlier release sealed together, so that what was replaced since is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.interview.answers import SealedPart, Section
from econtracting.domain.packet import Packet
from econtracting.ports import Change

RESEALER = Actor(kind="system", id="reseal")


@dataclass(frozen=True)
class Resealing:
    """Works where a function may both open and seal."""

    packets: ports.Packets
    envelope: ports.Envelope
    clock: ports.Clock

    def reseal(self, packet_id: str) -> int:
        """Each answer of the packet that stands becomes a part of its own; tells how many sections that changed.

        Safe to repeat and to race: a section that was saved meanwhile stays as it was saved. Raises PacketNotFound,
        Unavailable.
        """
        now, joint = self.clock.now(), self._joint(packet_id)
        if not joint:
            return 0
        fields = sorted(f"{one.name}.{field}" for one in joint for part in one.sealed for field in part.fields)
        read = Event(type=EventType.PII_READ, at=now, actor=RESEALER, data={"purpose": "resealing", "fields": fields})
        self.packets.change(packet_id, lambda packet: Change(packet, events=[read]))
        apart = {one.name: (one, one.seal_apart(self._parts(one))) for one in joint}

        def decide(packet: Packet) -> Change | None:
            puts = [apart[one.name][1] for one in self._joint(packet.id) if apart.get(one.name, (None,))[0] == one]
            return Change(packet, puts=puts, answer=len(puts)) if puts else None

        return int(self.packets.change(packet_id, decide).answer or 0)

    def _joint(self, packet_id: str) -> list[Section]:
        return [one for one in self.packets.all_of(Section, packet_id) if one.joint]

    def _parts(self, section: Section) -> Iterator[SealedPart]:
        for part in section.sealed:
            plain = self.envelope.open(section.packet_id, section.name, part.version, part.answers)
            standing = {field: plain[field] for field in part.fields}
            sealed = self.envelope.seal_apart(section.packet_id, section.name, part.version, standing)
            for field, answers in sealed.items():
                yield SealedPart(version=part.version, fields=(field,), answers=answers)
