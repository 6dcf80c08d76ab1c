"""process, the way out: the table's stream says which effects were written; the sweep finds what was left behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from econtracting import wiring
from econtracting.domain.outbox import Effect, EffectKind, TimerKind, Watch
from econtracting.usecases.appointing import filing, sale_follow_up
from econtracting.usecases.certification import certification
from econtracting.usecases.commit import review
from econtracting.usecases.corrections import corrections
from econtracting.usecases.news import mailing, relay, upkeep
from econtracting.usecases.screening import adverse, background, background_news, notices

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
    failure = relay.relay(
        outbox=wiring.outbox(),
        packets=wiring.packets(),
        clock=wiring.clock(),
        performers=_performers(),
        retry_base=wiring.settings().retry_base,
        packet_id=packet_id,
        effect_id=effect_id,
    )
    if failure is not None:
        logger.warning("effect postponed", **vars(failure))


def _attend(packet_id: str) -> bool:
    mended = upkeep.attend_workflow(
        packets=wiring.packets(),
        workflow=wiring.workflow(),
        clock=wiring.clock(),
        every=wiring.settings().reconcile_every,
        packet_id=packet_id,
    )
    wiring.invitation_upkeep().attend(packet_id)
    return mended


def _performers() -> dict[EffectKind, relay.Perform]:
    packets, clock = wiring.packets(), wiring.clock()
    return {
        EffectKind.MAIL: lambda effect: mailing.send(
            packets=packets,
            packet_types=wiring.packet_type,
            envelope=wiring.envelope(),
            link_secrets=wiring.link_secrets(),
            mailer=wiring.mailer(),
            public_url=wiring.settings().public_url,
            effect=effect,
        ),
        EffectKind.START_WORKFLOW: lambda effect: relay.start(workflow=wiring.workflow(), effect=effect),
        EffectKind.WAKE_WORKFLOW: lambda effect: relay.wake(packets=packets, workflow=wiring.workflow(), effect=effect),
        EffectKind.PUBLISH: lambda effect: relay.publish(events=wiring.events(), effect=effect),
        EffectKind.ORDER_CHECK: lambda effect: background.order(
            packets=packets,
            packet_types=wiring.packet_type,
            envelope=wiring.envelope(),
            checks=wiring.background_checks(),
            clock=clock,
            effect=effect,
        ),
        EffectKind.VERIFY_IDENTITY: lambda effect: wiring.verifying().verify(effect),
        EffectKind.STAMP_SEALS: lambda effect: wiring.stamping().stamp(effect.packet_id),
        EffectKind.DROP_UPLOAD: lambda effect: wiring.upload_removal().drop(effect),
        EffectKind.SYNC_CHECK: lambda effect: background_news.sync(
            packets=packets, checks=wiring.background_checks(), clock=clock, effect=effect
        ),
        EffectKind.FETCH_REPORT: lambda effect: notices.fetch(
            packets=packets,
            checks=wiring.background_checks(),
            documents=wiring.documents(),
            clock=clock,
            effect=effect,
        ),
        EffectKind.ORDER_APPOINTMENT: lambda effect: filing.order(
            packets=packets,
            packet_types=wiring.packet_type,
            registry=wiring.license_registry(),
            gateway=wiring.appointment_gateway(),
            clock=clock,
            effect=effect,
        ),
        EffectKind.FEED_PRODUCER: lambda effect: certification.feed(
            packets=packets, site=wiring.certification_site(), clock=clock, effect=effect
        ),
        EffectKind.START_JIT: lambda effect: sale_follow_up.start(workflow=wiring.jit_workflow(), effect=effect),
        EffectKind.WATCH: _ring,
    }


def _ring(effect: Effect) -> datetime | None:
    """A timer: what it looks after is in its payload; it answers when it wants to ring again."""
    settings, task = wiring.settings(), effect.asks_for(Watch)
    which = task.key
    store: dict[str, Any] = {"packets": wiring.packets(), "clock": wiring.clock(), "packet_id": effect.packet_id}
    match task.what:
        case TimerKind.CHECK:
            return background_news.watch(**store, reminders=settings.reminders, attempt=int(which))
        case TimerKind.CORRECTION:
            return corrections.watch(
                **store, packet_types=wiring.packet_type, patience=wiring.patience(), number=int(which)
            )
        case TimerKind.REVIEW:
            return review.watch(**store, number=int(which))
        case TimerKind.ADVERSE:
            adverse.watch(**store, day=settings.adverse_day, attempt=int(which))
            return None
        case TimerKind.COURSES:
            return certification.watch(**store, reminders=settings.reminders)
        case TimerKind.SALE:
            return sale_follow_up.watch(
                **store, workflow=wiring.jit_workflow(), every=settings.reconcile_every, state=which
            )
