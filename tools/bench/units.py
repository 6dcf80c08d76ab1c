"""Billable units of AWS calls, from what was sent, what was answered and what was stored.

DynamoDB counts items in whole KB when written and in 4 KB steps when read, twice within a transaction, half for reads
that need not be consistent, and once more for every index entry that a write adds, changes or removes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Units = Mapping[str, float]
Item = Mapping[str, Mapping[str, Any]]

KB = 1024
OTHERS: dict[tuple[str, str], Units] = {
    ("kms", "Sign"): {"KMS asymmetric": 1},
    ("kms", "GetPublicKey"): {"KMS asymmetric": 1},
    ("kms", "Encrypt"): {"KMS symmetric": 1},
    ("kms", "Decrypt"): {"KMS symmetric": 1},
    ("kms", "GenerateDataKey"): {"KMS symmetric": 1},
    ("kms", "GenerateMac"): {"KMS symmetric": 1},
    ("s3", "PutObject"): {"S3 put": 1},
    ("s3", "GetObject"): {"S3 get": 1},
    ("s3", "HeadObject"): {"S3 get": 1},
    ("s3", "ListObjectsV2"): {"S3 put": 1},  # at the price of a PUT
    ("secretsmanager", "GetSecretValue"): {"secret read": 1},
    ("events", "PutEvents"): {"event": 1},
    ("lambda", "Invoke"): {},  # counted where the invoked handler runs
    ("stepfunctions", "StartExecution"): {"execution": 1},
    ("stepfunctions", "SendTaskSuccess"): {},
    ("stepfunctions", "DescribeExecution"): {},
}


@dataclass(frozen=True)
class Index:
    """A secondary index: its key attributes, and what it holds beside keys: whole items, or these attributes."""

    name: str
    keys: tuple[str, ...]
    whole: bool
    more: tuple[str, ...] = ()

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> Index:
        """As CreateTable takes it."""
        projection = declared["Projection"]
        return cls(
            declared["IndexName"],
            tuple(key["AttributeName"] for key in declared["KeySchema"]),
            whole=projection["ProjectionType"] == "ALL",
            more=tuple(projection.get("NonKeyAttributes", ())),
        )

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of an item; None when the item lacks a key of the index."""
        if item is None or any(key not in item for key in self.keys):
            return None
        held = (*self.keys, "PK", "SK", *self.more)
        return item if self.whole else {name: item[name] for name in held if name in item}


def size(item: Item | None) -> int:
    """Bytes of an item as DynamoDB counts them: names and values, a few bytes for each container."""
    return sum(len(name.encode()) + _value(value) for name, value in (item or {}).items())


def _value(value: Mapping[str, Any]) -> int:
    (kind, held), *_ = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return len(held) // 2 + 2
        case "B":
            return len(held)
        case "M":
            return 3 + size(held) + len(held)
        case "L":
            return 3 + sum(_value(one) + 1 for one in held)
        case "SS" | "NS" | "BS":
            return sum(len(one) for one in held)
    return 1


def read_units(items: Iterable[Item], *, consistent: bool) -> float:
    return max(1, math.ceil(sum(map(size, items)) / (4 * KB))) * (1 if consistent else 0.5)


def write_units(before: Item | None, after: Item | None, *, transaction: bool) -> float:
    """Units of one write to the table itself: the larger of both images."""
    return max(1, math.ceil(max(size(before), size(after)) / KB)) * (2 if transaction else 1)


def index_units(index: Index, before: Item | None, after: Item | None) -> float:
    """Units of what a write changes in an index: an entry whose key changes is removed and written again."""
    old, new = index.entry(before), index.entry(after)
    if old == new:
        return 0
    removed = old is not None and (new is None or any(old[key] != new[key] for key in index.keys))
    written = new is not None
    larger = max(size(new), size(old) if not removed else 0)
    return (math.ceil(size(old) / KB) if removed else 0) + (math.ceil(larger / KB) if written else 0)
