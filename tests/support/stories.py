"""What happens to a packet after submission, told step by step. A packet is put straight where a story begins."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from econtracting import wiring
from econtracting.domain.breaker import Vendor
from econtracting.domain.certification import Contract
from econtracting.domain.interview.answers import SealedPart, Section
from econtracting.domain.moment import iso
from econtracting.domain.outbox import start_workflow
from econtracting.domain.packet import Agency, InvitedAgent, Packet, Recruiter, SectionState, Status
from econtracting.domain.screening.background import Check, OrderReference
from econtracting.ports import Change
from econtracting.usecases.screening.background import VENDOR
from tests.support import journey
from tests.support.records import event
from tests.support.world import Answer, World

NPN = "15645555"
OPS = journey.CONTRACTING
OTHER_OPS = {**OPS, "subject": "ops-2"}
HURRY, CALM = 0.02, 5.0  # seconds a day of the machines' waits takes: to see one end, or not
COURSES = ("medicare-basics", "plan-products")
SECRETS = {"ssn": "987-65-4321", "birth_date": "1980-02-29"}
_NUMBERS = count(1)  # an execution left over from another test must not find this one's packet
ROAD = [Status.SEALING, Status.SUBMITTED, Status.BACKGROUND_CHECK, Status.APPOINTING, Status.PROCESSED]


def submitted(
    world: World,
    *,
    states: tuple[str, ...] = ("AL", "FL"),
    residence: str = "TN",
    flags: tuple[str, ...] = (),
    status: Status = Status.SUBMITTED,
    npn: str = NPN,
    started: bool = True,
) -> str:
    """A sealed packet, as if its agent had just finished; `status` puts it further along the road."""
    now = world.clock.now()
    name = f"pkt_story{next(_NUMBERS)}"
    agent = Section(
        packet_id=name,
        name="agent",
        version=1,
        complete=True,
        public={
            "first_name": "Dana",
            "middle_name": "Lee",
            "last_name": "Rivers",
            "email": "dana@example.com",
            "npn": npn,
            "mobile_phone": "+16155550123",
            "residential": {**journey.ADDRESS, "state": residence},
        },
        masked={"ssn": "***-**-4321", "birth_date": "**-**-1980"},
        sealed=(
            SealedPart(version=1, fields=tuple(SECRETS), answers=wiring.envelope().seal(name, "agent", 1, SECRETS)),
        ),
        saved_at=now,
    )
    reached = {one.value: now for one in ROAD[: ROAD.index(status) + 1]} if status in ROAD else {"SUBMITTED": now}
    attempts = 1 if status is Status.BACKGROUND_CHECK else 0
    packet = Packet(
        id=name,
        type="meridian",
        type_version="2026-11",
        status=status,
        agent=InvitedAgent(first_name="Dana", middle_name="Lee", last_name="Rivers", email="dana@example.com", npn=npn),
        recruiter=Recruiter(name="Robin Park", email="robin@agency.example", phone="+16155550100"),
        agency=Agency(id="agency-1", name="Harbor Agency"),
        level="4",
        pre_appointment_states=states,
        created_at=now - timedelta(days=1),
        expires_at=now + timedelta(days=29),
        status_at=now,
        due_at=now,
        reached=reached,
        sections={"agent": SectionState(version=1, complete=True)},
        npn=npn,
        flags=flags,
        generation=1,
        frozen_at=now,
        attempt=1,
        check_attempt=attempts,
    )
    puts = [agent, Contract(npn=npn, packet_id=name, agency_id="agency-1", since=now)]
    claims = []
    if attempts:
        puts.append(Check(packet_id=name, attempt=1))
        claims.append(OrderReference(vendor=VENDOR, reference=f"{name}-1", packet_id=name))
    wiring.packets().create(
        Change(
            packet,
            events=[event("packet.sealed")],
            effects=[start_workflow(name, 1, now)] if started else [],
            puts=puts,
            claims=claims,
        )
    )
    return name


def to_check(world: World, **how: Any) -> str:
    """The background check is ordered."""
    packet_id = submitted(world, **how)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    world.settle(lambda: bool(world.outside.screening.reports))
    return packet_id


def report(world: World, packet_id: str, status: str, result: str | None = None, attempt: int = 1) -> None:
    journey.expect(journey.background_webhook(world, packet_id, attempt, status, result), 202)


def suspended(world: World, packet_id: str, *fields: str, attempt: int = 1) -> None:
    report(world, packet_id, "suspended", attempt=attempt)
    world.outside.screening.ends(f"{packet_id}-{attempt}", "suspended", None, fields)


def to_silence(world: World) -> str:
    """The vendor never came back in time."""
    world.pace.seconds_per_day = HURRY
    packet_id = submitted(world)
    world.settle(lambda: bool(world.outside.screening.reports))
    world.reaches(packet_id, "NEEDS_REVIEW")
    world.pace.seconds_per_day = CALM
    return packet_id


def to_appointing(world: World, **how: Any) -> str:
    packet_id = to_check(world, **how)
    report(world, packet_id, "complete", "clear")
    # Where no state is asked the packet goes on at once, and nobody may see it stand there.
    world.settle(lambda: "APPOINTING" in wiring.packets().load(packet_id).reached)
    return packet_id


def to_processed(world: World, **how: Any) -> str:
    """Every requested state has approved."""
    packet_id = to_appointing(world, **how)
    states = wiring.packets().load(packet_id).pre_appointment_states
    world.settle(lambda: len(world.outside.gateway.orders) == len(states))
    for state in states:
        journey.expect(journey.appointment_webhook(world, packet_id, state), 202)
    world.reaches(packet_id, "PROCESSED")
    return packet_id


def to_open(world: World, **how: Any) -> str:
    packet_id = to_processed(world, **how)
    world.settle(lambda: bool(world.outside.site.feeds))
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    world.reaches(packet_id, "CERTIFICATION_OPEN")
    return packet_id


def course(world: World, packet_id: str, name: str, *, passed: bool = True) -> None:
    kind = "course.completed" if passed else "course.failed"
    told = journey.certification_webhook(
        world, packet_id, kind, course=name, plan_year=2027, score=92 if passed else 61
    )
    journey.expect(told, 202)


def to_active(world: World, **how: Any) -> str:
    packet_id = to_open(world, **how)
    for name in COURSES:
        course(world, packet_id, name)
    assert world.status(packet_id) == "ACTIVE"
    return packet_id


def pause(vendor: Vendor) -> None:
    """The breaker opens, as if others had found the vendor down."""
    rule, now = wiring.breaker_rule(), wiring.clock().now()
    for _ in range(rule.failures):
        wiring.breakers().change(vendor, lambda one: one.failed(now, rule))


def decide(world: World, packet_id: str, decision: str, *, by: Any = OPS, **more: Any) -> Answer:
    body = {"decision": decision, "reason": "looked at it", **more}
    return world.call("POST", f"/packets/{packet_id}/decisions", body, staff=by)


def decided(world: World, packet_id: str, decision: str, **more: Any) -> Any:
    return journey.expect(decide(world, packet_id, decision, **more), 200).json


def sale(
    world: World, state: str, received_on: date | None = None, *, npn: str = NPN, number: int = 1, **message: Any
) -> Answer:
    on = received_on or world.clock.now().date()
    body = {
        "type": "sale.reported",
        "timestamp": iso(world.clock.now()),
        "data": {
            "sale_id": f"sale_{number}",
            "npn": npn,
            "state": state,
            "received_on": on.isoformat(),
            "product": "MAPD",
        },
    }
    return journey.standard_webhook(world, "/webhooks/sales", body, **message)


def events(packet_id: str) -> list[str]:
    """The types on the packet's trail, in order."""
    return [one.type for one in wiring.packets().events(packet_id)]


def told(packet_id: str, kind: str) -> list[dict[str, Any]]:
    """What the events of a type say."""
    return [one.data for one in wiring.packets().events(packet_id) if one.type == kind]
