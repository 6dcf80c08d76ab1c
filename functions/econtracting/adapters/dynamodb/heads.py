"""Head records of many packets in few calls."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from typing import Any

from econtracting.adapters.dynamodb import items, keys
from econtracting.adapters.failures import translated
from econtracting.domain.errors import Unavailable

BATCH = 100  # of BatchGetItem
ROUNDS, FIRST_PAUSE, LONGEST_PAUSE = 10, 0.05, 2.0  # seconds, for what the table did not answer at once


def stored(client: Any, table: str, packet_ids: Iterable[str], *, only: str | None = None) -> Iterator[dict[str, Any]]:
    """The heads that are there as stored items, read consistently and in no order; `only` names their attributes.

    Raises Unavailable.
    """
    wanted = sorted({keys.of_packet(one) for one in packet_ids})
    for at in range(0, len(wanted), BATCH):
        asked = [items.attributes({"PK": one, "SK": "PACKET"}) for one in wanted[at : at + BATCH]]
        for round_ in range(ROUNDS):
            answer = _get(client, table, asked, only)
            yield from answer["Responses"].get(table, ())
            asked = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
            if not asked:
                break
            time.sleep(random.uniform(0, min(FIRST_PAUSE * 2**round_, LONGEST_PAUSE)))
        else:
            raise Unavailable(retry_after=60)


@translated
def _get(client: Any, table: str, asked: list[dict[str, Any]], only: str | None) -> dict[str, Any]:
    wanted = {"Keys": asked, "ConsistentRead": True} | ({"ProjectionExpression": only} if only else {})
    return dict(client.batch_get_item(RequestItems={table: wanted}))
