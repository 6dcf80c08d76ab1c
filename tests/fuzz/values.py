"""Values that break parsers: JSON of any shape, messages with one member replaced, files with some bytes changed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

NASTY = st.sampled_from(
    [
        None,
        "",
        "\x00",
        "\ud800",
        "a" * 5000,
        "2026-02-30",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        -1,
        0,
        10**40,
        10**400,
        1e308,
        float("nan"),
        float("inf"),
        True,
        [],
        {},
        [[[[]]]],
    ]
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    NASTY | st.text(max_size=20) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


def bent(message: Any) -> st.SearchStrategy[Any]:
    """The message with one of its members, at any depth, replaced or taken away."""
    places = list(_places(message))

    @st.composite
    def drawn(draw: Any) -> Any:
        made, place = copy.deepcopy(message), draw(st.sampled_from(places))
        inside = made
        for name in place[:-1]:
            inside = inside[name]
        if draw(st.booleans()):
            inside[place[-1]] = draw(ANYTHING)
        else:
            del inside[place[-1]]
        return made

    return drawn()


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """A file with bytes changed, cut off or put in between."""

    @st.composite
    def drawn(draw: Any) -> bytes:
        made = bytearray(content)
        for _ in range(draw(st.integers(1, 4))):
            at = draw(st.integers(0, len(made)))
            gone = draw(st.integers(0, 8))
            made[at : at + gone] = draw(st.binary(max_size=8))
        return bytes(made[: draw(st.integers(0, len(made)))] if draw(st.booleans()) else made)

    return drawn()


def _places(message: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    names = message if isinstance(message, dict) else range(len(message)) if isinstance(message, list) else ()
    for name in names:
        yield (*before, name)
        yield from _places(message[name], (*before, name))
