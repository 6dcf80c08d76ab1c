"""process, the way out: the table's stream says which effects were written; the sweep finds what was left behind."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from econtracting import wiring
from econtracting.domain.need_to_know import name_in_logs

logger = Logger()

SWEEP_LIMIT = 200  # per shard and run; what is left is first in line a minute later


def on_stream(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Perform each new outbox row. A row that cannot even be read is reported by its sequence number and isolated."""
    failed = []
    for record in event["Records"]:
        try:
            keys = record["dynamodb"]["Keys"]
            packet_id = keys["PK"]["S"].removeprefix("PACKET#")
            perform(packet_id, keys["SK"]["S"].removeprefix("OUTBOX#"))
        except Exception as error:  # one bad record must not hold up the others
            logger.error("record not handled", error_type=type(error).__name__)
            failed.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
            break  # the stream goes on from the lowest failed number, so nothing behind it is skipped
    return {"batchItemFailures": failed}


def sweep(_: dict[str, Any], __: Any) -> dict[str, int]:
    """Everything whose time has come: effects to repeat, invitations to remind or expire, executions to restart."""
    done = {"effects": 0, "packets": 0, "mended": 0, "failed": 0}
    for packet_id, effect_id in list(wiring.outbox().due(wiring.clock().now(), SWEEP_LIMIT)):
        try:
            if effect_id is not None:
                perform(packet_id, effect_id)
                done["effects"] += 1
            else:
                done["packets"] += 1
                done["mended"] += int(_attend(packet_id))
        except Exception as error:  # the next one may well succeed
            logger.error("not attended", packet_id=packet_id, error_type=type(error).__name__)
            done["failed"] += 1
    if any(done.values()):
        logger.info("swept", extra=done)
    return done


def perform(packet_id: str, effect_id: str) -> None:
    failure = wiring.relay().perform(packet_id, effect_id)
    if failure is not None:
        logger.warning(
            "effect postponed",
            packet_id=packet_id,
            effect=name_in_logs(effect_id),
            error=failure.error,
            attempts=failure.attempts,
        )


def _attend(packet_id: str) -> bool:
    mended = wiring.upkeep().attend_workflow(packet_id)
    wiring.invitation_upkeep().attend(packet_id)
    return mended
