"""Opening sensitive answers. Each time is written to the packet's trail before anything is decrypted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.definition import Meaning
from econtracting.domain.interview.interview import followed, paths_of
from econtracting.domain.packet import Packet
from econtracting.ports import Change


class Opened(NamedTuple):
    """Answers in the clear by section, and the packet as it stood when they were read."""

    packet: Packet
    public: Mapping[str, Mapping[str, Any]]
    answers: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Opening:
    """Opens the answers of packets, where a function may decrypt them."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    envelope: ports.Envelope
    clock: ports.Clock

    def open_answers(
        self, packet_id: str, reader: Actor, purpose: str, wanted: Collection[Meaning] | None = None
    ) -> Opened:
        """The packet's answers with the sensitive ones opened: all of them, or those that mean what is `wanted`.

        The answers are those of the packet's version that is returned. Raises PacketNotFound, Unavailable.
        """
        now = self.clock.now()
        saved: dict[str, Section] = {}

        def decide(packet: Packet) -> Change:
            saved.clear()
            saved.update({one.name: one for one in self.packets.all_of(Section, packet_id)})
            fields = sorted(f"{name}.{field}" for name, one in saved.items() for field in _sealed(one))
            data = {"purpose": purpose, "fields": [path for path in fields if is_wanted(packet, path)]}
            return Change(packet, events=[Event(type=EventType.PII_READ, at=now, actor=reader, data=data)])

        def is_wanted(packet: Packet, path: str) -> bool:
            definition = self.packet_types(packet.type).interview
            return wanted is None or any(path in paths_of(definition, meaning) for meaning in wanted)

        packet = self.packets.change(packet_id, decide).packet
        public = followed(self.packet_types(packet.type).interview, {name: one.public for name, one in saved.items()})
        answers = {name: dict(values) for name, values in public.items()}
        for name, section in saved.items():
            for part in section.sealed:
                fields = [field for field in part.fields if is_wanted(packet, f"{name}.{field}")]
                if fields:
                    plain = self.envelope.open(packet_id, name, part.version, part.answers)
                    answers[name] |= {field: plain[field] for field in fields}
        return Opened(packet, public, answers)


def _sealed(section: Section) -> list[str]:
    return [field for part in section.sealed for field in part.fields]
