"""Where a packet stands, as its agent is told: what is left to do, and who is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from econtracting import ports
from econtracting.domain import timeline
from econtracting.domain.callers import Agent
from econtracting.domain.days import day_in
from econtracting.domain.interview import interview
from econtracting.usecases.commit.standing import as_agent_sees
from econtracting.usecases.corrections import correcting
from econtracting.usecases.interview.answering import agreed, context_of, saved_sections, today
from econtracting.usecases.news import delays
from econtracting.views.access import RemindersView
from econtracting.views.standing import CarrierView, PacketView, SectionRowView
from econtracting.views.timeline import StageView


@dataclass(frozen=True)
class PacketStanding:
    packets: ports.Packets
    packet_types: ports.PacketTypes
    breakers: ports.Breakers
    clock: ports.Clock
    home: ZoneInfo  # the carrier's zone

    def view(self, agent: Agent) -> PacketView:
        packet = self.packets.load(agent.packet_id)
        definition = self.packet_types(packet.type)
        saved = saved_sections(self.packets, packet.id)
        # Test people are admitted here and in the summary: whether they may be is decided when they are saved.
        context = context_of(packet, saved, today(definition, saved, agent, self.clock.now()), synthetic=True)
        incomplete = interview.incomplete_sections(definition.interview, saved, context)
        road = delays.told(timeline.of(packet, definition), breakers=self.breakers, clock=self.clock)
        return PacketView(
            packet_id=packet.id,
            status=as_agent_sees(self.packets, packet).status,
            carrier=CarrierView(**definition.carrier.model_dump(include=set(CarrierView.model_fields))),
            recruiter=packet.recruiter,
            agreement_accepted=agreed(packet, definition),
            sections=[
                SectionRowView(
                    name=name,
                    title=definition.interview.section(name).title,
                    complete=name not in incomplete,
                    version=saved[name].version if name in saved else 0,
                )
                for name in interview.sections_needed(definition.interview, context)
            ],
            timeline=[StageView.of(row) for row in road],
            correction=correcting.view(self.packets, definition.interview, packet),
            expires_at=packet.expires_at,
            reminders=RemindersView.of(packet),
            language=packet.language,
            expires_on=day_in(packet.expires_at, self.home),
            time_zone=self.home.key,
        )
