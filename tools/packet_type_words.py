"""What a packet type's readings in other languages lack, or have too much."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

from econtracting import packet_types
from econtracting.domain.words import ENGLISH, LANGUAGES, Readings


class _Asked(Readings):
    """Readings that remember which texts they were asked for: all there are in the data."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, None] = {}

    def get(self, text: str, default: Any = None) -> Any:
        self.texts[text] = None
        return default


def unread_texts(folder: Path) -> Iterator[str]:
    """Findings about each language that the packet type claims by a file `words/<language>.json`."""
    asked = _Asked()
    packet_types.read(folder, asked)
    places = {text: _place(folder, text) for text in asked.texts}
    for file in sorted((folder / "words").glob("*.json")):
        name, language = f"words/{file.name}", file.stem
        if language not in LANGUAGES or language == ENGLISH:
            yield f"{name}: the product does not speak this language"
            continue
        known: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        for text, place in places.items():
            if text and text not in known:
                yield f"{name}: no reading of {place}"
        for text, reading in known.items():
            if text not in places:
                yield f"{name}: no text of the packet type: {text[:60]!r}"
            elif not reading.strip():
                yield f"{name}: an empty reading of {places[text]}"
            elif _named(text) != _named(reading):
                yield f"{name}: the reading of {places[text]} does not name the same values"


def _named(text: str) -> list[str]:
    return sorted(set(Template(text).get_identifiers()))


def _place(folder: Path, text: str) -> str:
    """Where in its data a text stands first."""
    for part in ("packet", "interview", "documents"):
        data = json.loads((folder / f"{part}.json").read_text(encoding="utf-8"))
        for path, found in _texts(data, ()):
            if found == text:
                return f"{part}.json: {'.'.join(path)}"
    return "the models' own texts"


def _texts(data: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for name, value in data.items():
            yield from _texts(value, (*path, name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            known = value.get("name") or value.get("code") if isinstance(value, dict) else None
            yield from _texts(value, (*path, str(known or number)))
