"""From what the bench counted for one packet to what an hour asks of an account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from econtracting.adapters.dynamodb.keys import DUE_SHARDS, STATUS_SHARDS
from tools.bench import RECORD, cost
from tools.scale.demand import HOUR, STAGES
from tools.scale.play import Call, Load

LARGEST_AGENCY = 0.10  # of all packets; they share one partition of the index by agency
DUE = "DynamoDB partition: by_due shard, writes"
STATUS = "DynamoDB partition: by_status shard, writes"
AGENCY = "DynamoDB partition: largest agency, writes"
OWN = "DynamoDB partition: one packet, writes"

QUOTA_OF = {
    "API request": "API Gateway requests",
    "execution": "Step Functions starts",
    "state transition": "Step Functions transitions",
    "mail": "SES mails",
    "KMS symmetric": "KMS symmetric",
    "KMS asymmetric": "KMS ECC signatures",
    "write unit": "DynamoDB table writes",
    "read unit": "DynamoDB table reads",
    "event": "EventBridge events",
    "S3 put": "S3 writes of a prefix",
}

DONE_BY = {
    "SES mails": "RelayFunction",
    "Step Functions starts": "RelayFunction",
    "KMS ECC signatures": "SealFunction",
}


def recorded() -> dict[str, Any]:
    """The bench's last record. FileNotFoundError before the first `make bench`."""
    return dict(json.loads(RECORD.read_text()))


def loads(record: Mapping[str, Any], an_hour: Mapping[str, float]) -> list[Load]:
    """Stages beginning in an hour -> what they ask for."""
    stages, functions = record["stages"], record["functions"]
    return [Load(an_hour[stage.name] / HOUR, stage.lasts, _calls(stages[stage.name], functions)) for stage in STAGES]


def _calls(counted: Mapping[str, Any], functions: Mapping[str, Any]) -> list[Call]:
    """What only one function does waits there alone; everything else is spread evenly over the stage's invocations."""
    invocations: Mapping[str, int] = counted["invocations"]
    everybody = sum(invocations.values())
    calls = sum(counted["calls"].values()) / everybody
    found = []
    for name, count in invocations.items():
        own = {
            quota: units / (invocations[DONE_BY[quota]] if quota in DONE_BY else everybody)
            for quota, units in draws(counted).items()
            if DONE_BY.get(quota, name) == name
        }
        milliseconds = cost.duration_ms(calls, functions[name]["memory"], functions[name]["own cpu ms"])
        found.append(Call(milliseconds / 1000, count, own))
    return found


def draws(counted: Mapping[str, Any]) -> dict[str, float]:
    """Quota -> units of one stage. A shard of an index gets its part; all of one packet's own writes go to one key."""
    units, indexes = counted["units"], counted["index units"]
    found = {QUOTA_OF[unit]: count for unit, count in units.items() if unit in QUOTA_OF}
    found[DUE] = indexes.get("by_due", 0) / DUE_SHARDS
    found[STATUS] = indexes.get("status_rows", 0) / STATUS_SHARDS
    found[AGENCY] = indexes.get("agency_rows", 0) * LARGEST_AGENCY
    return {name: count for name, count in found.items() if count}


def own_partition(record: Mapping[str, Any]) -> float:
    """The densest second of one packet: the units its own partition gets in a second while its agent signs."""
    stage = next(one for one in STAGES if one.name == "signing")
    counted = record["stages"]["signing"]
    own = counted["units"]["write unit"] - sum(counted["index units"].values())
    return float(own) / stage.lasts
