"""Opening sensitive answers. Each time is written to the packet's trail before anything is decrypted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from econtracting import ports
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.interview.answers import SealedPart, Section
from econtracting.domain.interview.definition import Meaning
from econtracting.domain.interview.interview import current, paths_of
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
        stored = {name: one.public for name, one in saved.items()}
        public = current(self.packet_types(packet.type).interview, stored, packet.pre_appointment_states)
        answers = {name: dict(values) for name, values in public.items()}
        for name, section in saved.items():
            wanted_parts: dict[int, list[SealedPart]] = {}
            for part in section.sealed:
                if any(is_wanted(packet, f"{name}.{field}") for field in part.fields):
                    wanted_parts.setdefault(part.version, []).append(part)
            for version, parts in wanted_parts.items():
                plain = self.envelope.open(packet_id, name, version, *[part.answers for part in parts])
                standing = [field for part in parts for field in part.fields]
                answers[name] |= {field: plain[field] for field in standing if is_wanted(packet, f"{name}.{field}")}
        return Opened(packet, public, answers)


def _sealed(section: Section) -> list[str]:
    return [field for part in section.sealed for field in part.fields]
