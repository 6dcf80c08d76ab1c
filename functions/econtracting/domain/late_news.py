"""News that came after a packet had gone on: the first answer stands until a person has looked."""

from __future__ import annotations

from typing import Self

from econtracting.domain.moment import Moment
from econtracting.domain.record import Record

MOST = 50  # kept for the one who looks; the trail has all of them


class LateItem(Record):
    """One piece of news: a code of what it is about, and its facts by name."""

    about: str
    at: Moment
    facts: dict[str, str | int | None] = {}


class LateNews(Record):
    """What a person has to look at of a packet, oldest first. It is gone once they have; the trail keeps it."""

    packet_id: str
    since: Moment
    items: tuple[LateItem, ...]

    def with_item(self, item: LateItem) -> Self:
        return self.model_copy(update={"items": (*self.items, item)[-MOST:]})
