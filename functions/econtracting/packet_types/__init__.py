"""Packet types as data: packet.json, interview.json, documents.json and state_rules.json of a folder."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from econtracting.domain.errors import InvalidRequest
from econtracting.domain.packet_type import PacketType
from econtracting.domain.words import Readings

HOME = Path(__file__).parent


def read(folder: Path, known: Readings | None = None) -> PacketType:
    """A packet type from its folder, its texts with what they are in other languages (`known`, or as the folder says).

    Raises pydantic's ValidationError if the data does not fit.
    """

    def part(name: str) -> Any:
        return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

    return PacketType.model_validate(
        {
            **part("packet"),
            "interview": part("interview"),
            "documents": part("documents")["documents"],
            "state_rules": part("state_rules")["rules"],
        },
        context=readings(folder) if known is None else known,
    )


def readings(folder: Path) -> Readings:
    """What the texts of a packet type are in the languages it claims: those that have a file in its `words` folder."""
    found = Readings()
    for file in sorted((folder / "words").glob("*.json")):
        for english, reading in json.loads(file.read_text(encoding="utf-8")).items():
            found[english] = {**found.get(english, {}), file.stem: reading}
    return found


@cache
def load(name: str) -> PacketType:
    """Raises InvalidRequest for a packet type this deployment does not have."""
    folder = HOME / name
    if not name.isidentifier() or not (folder / "packet.json").exists():
        message = "This packet type is not offered."
        raise InvalidRequest(errors=[{"field": "packet_type", "rule": "known", "message": message}])
    return read(folder)
