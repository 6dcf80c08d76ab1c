"""process, the way out: the table's stream says which effects were written; the sweep finds what was left behind."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from econtracting import wiring
from econtracting.domain.need_to_know import name_in_logs

logger = Logger()

SWEEP_LIMIT = 200  # per shard and round; what is left comes in the next round, or a minute later
RESERVE = 15_000  # ms: one more effect may take as long as the slowest vendor


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


def sweep(_: dict[str, Any], context: Any) -> dict[str, int]:
    """Everything whose time has come: effects to repeat, invitations to remind or expire, executions to restart.

    What is done, failed or passed over leaves the line, so that each round sees what stood behind it. A round follows
    another while a shard may hold more than was looked at, and only as long as the function has time.
    """
    done = {"effects": 0, "packets": 0, "mended": 0, "failed": 0}
    seen: set[tuple[str, str | None]] = set()
    while True:
        found = list(wiring.outbox().due(wiring.clock().now(), SWEEP_LIMIT))
        fresh = [one for one in found if one not in seen]  # the index lags behind the table
        seen.update(fresh)
        for packet_id, effect_id in fresh:
            if context.get_remaining_time_in_millis() < RESERVE:
                break
            _attend(packet_id, effect_id, done)
        if not fresh or len(found) < SWEEP_LIMIT or context.get_remaining_time_in_millis() < RESERVE:
            break
    if any(done.values()):
        logger.info("swept", extra=done)
    return done


def _attend(packet_id: str, effect_id: str | None, done: dict[str, int]) -> None:
    try:
        if effect_id is not None:
            perform(packet_id, effect_id)
            done["effects"] += 1
        else:
            done["packets"] += 1
            done["mended"] += int(_look_after(packet_id))
    except Exception as error:  # the next one may well succeed
        logger.error("not attended", packet_id=packet_id, error_type=type(error).__name__)
        done["failed"] += 1
        _pass_over(packet_id, effect_id, error)


def _pass_over(packet_id: str, effect_id: str | None, error: Exception) -> None:
    try:
        wiring.sweeping().pass_over(packet_id, effect_id, error)
    except Exception as worse:  # it was passed over, or stays in line
        logger.error("trouble not told", packet_id=packet_id, error_type=type(worse).__name__)


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


def _look_after(packet_id: str) -> bool:
    mended = wiring.upkeep().attend_workflow(packet_id)
    packet = wiring.invitation_upkeep().attend(packet_id)
    wiring.sweeping().attended(packet)
    return mended
