"""Packet types as data: packet.json, interview.json, documents.json and state_rules.json of a folder."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from econtracting.domain.errors import InvalidRequest
from econtracting.domain.packet_type import PacketType

HOME = Path(__file__).parent


def read(folder: Path) -> PacketType:
    """A packet type from its folder. Raises pydantic's ValidationError if the data does not fit."""

    def part(name: str) -> Any:
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

    return PacketType.model_validate(
        {
            **part("packet"),
            "interview": part("interview"),
            "documents": part("documents")["documents"],
            "state_rules": part("state_rules")["rules"],
        }
    )


@cache
def load(name: str) -> PacketType:
    """Raises InvalidRequest for a packet type this deployment does not have."""
    folder = HOME / name
    if not name.isidentifier() or not (folder / "packet.json").exists():
        message = "This packet type is not offered."
        raise InvalidRequest(errors=[{"field": "packet_type", "rule": "known", "message": message}])
    return read(folder)
