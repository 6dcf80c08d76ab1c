"""sign, the workflow's side: render a packet's documents, seal them. The documents layer is attached here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from econtracting import wiring
from econtracting.usecases.preparing import prepare
from econtracting.usecases.sealing import seal_packet


def render(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Asked by the interview when the summary is confirmed: {packet_id, generation, frozen_at}."""
    return prepare(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        envelope=wiring.envelope(),
        renderer=wiring.renderer(),
        documents=wiring.documents(),
        ids=wiring.ids(),
        clock=wiring.clock(),
        packet_id=event["packet_id"],
        generation=event["generation"],
        frozen_at=datetime.fromisoformat(event["frozen_at"]),
    )


def seal(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """A step of the onboarding workflow: {packet_id} -> {status}."""
    packet = seal_packet(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        documents=wiring.documents(),
        renderer=wiring.renderer(),
        seal=wiring.seal(),
        clock=wiring.clock(),
        packet_id=event["packet_id"],
    )
    return {"status": packet.status.value}
