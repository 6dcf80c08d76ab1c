"""The language of a packet: the one its agent is answered in and written to."""

from __future__ import annotations

from dataclasses import dataclass

from econtracting import ports
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.packet import Packet
from econtracting.domain.words import Language
from econtracting.ports import Change
from econtracting.views.interview import LanguageView


@dataclass(frozen=True)
class PacketLanguages:
    """Changing a packet's language, wherever the packet stands."""

    packets: ports.Packets
    clock: ports.Clock

    def choose(self, agent: Agent, language: Language) -> LanguageView:
        """Answer and write in this language from now on; what is signed stays in the language that binds."""

        def decide(packet: Packet) -> Change | None:
            if packet.language == language:
                return None
            data = {"language": language}
            changed = Event(type=EventType.PACKET_LANGUAGE_CHANGED, at=self.clock.now(), actor=agent.actor, data=data)
            return Change(packet.speak(language), events=[changed])

        self.packets.change(agent.packet_id, decide)
        return LanguageView(language=language)
