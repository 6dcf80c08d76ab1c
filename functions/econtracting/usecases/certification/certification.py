"""Certification: the producer is fed, loaded, takes the courses, and may then sell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from econtracting import ports
from econtracting.domain.audit import ONBOARDING, Actor, Event, EventType
from econtracting.domain.certification import Contract, CourseResult, Feed
from econtracting.domain.errors import InvalidTransition, NotFound
from econtracting.domain.fields.names import as_filed
from econtracting.domain.messages import Heard, Objection, Obstacle
from econtracting.domain.moment import iso
from econtracting.domain.outbox import Effect, FeedProducer, Letter, TimerKind, feed_producer, send_letter, timer
from econtracting.domain.packet import Packet, Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.screening.background import OrderReference
from econtracting.domain.webhooks import CourseFinished, ProducerLoaded
from econtracting.ports import Change
from econtracting.usecases.commit.changes import plus
from econtracting.usecases.commit.lifecycle import attention
from econtracting.usecases.commit.review import require_current, resume
from econtracting.usecases.commit.waking import wake_feed
from econtracting.views.producers import CertificationStatusView

VENDOR = "certifications"
SITE = Actor(kind="vendor", id=VENDOR)
NOT_LOADED = "FEED_NOT_ACKED"
STALLED, STALLED_EVERY = "CERTIFICATION_STALLED", timedelta(days=14)


@dataclass(frozen=True)
class Certification:
    """A producer's way through certification.

    `feed_life` is how long a feed may take to be loaded, `reminders` when the agent is reminded of the courses.
    """

    packets: ports.Packets
    packet_types: ports.PacketTypes
    clock: ports.Clock
    feed_life: timedelta
    reminders: tuple[timedelta, ...]

    def await_loaded(self, packet_id: str, attempt: int, task_token: str) -> None:
        """Remember who sleeps until the producer is loaded, and have the producer fed once. Raises Superseded."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change:
            require_current(packet, attempt)
            known = self.packets.find(Feed, packet_id)
            if known is not None:
                wakes = wake_feed(packet, task_token, now) if known.loaded_at else []
                return Change(packet, puts=[known.awaited_by(task_token)], effects=wakes)
            return self._open(packet, task_token, now)

        self.packets.change(packet_id, decide)

    def record_open(self, packet_id: str, attempt: int) -> Status:
        """Certification is open; if the courses were faster than the news of it, the producer is ACTIVE at once.

        Answers where the packet stands. Raises Superseded, InvalidTransition.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            require_current(packet, attempt)
            if packet.status is not Status.PROCESSED:
                return None
            known = self.packets.find(Feed, packet_id)
            if known is None or known.loaded_at is None:
                raise InvalidTransition("the producer is not loaded yet")
            after = packet.move(Status.CERTIFICATION_OPEN, now)
            letter = send_letter(packet_id, Letter.CERTIFICATION_OPEN, 1, now)
            event = Event(type=EventType.CERTIFICATION_OPENED, at=now, actor=ONBOARDING)
            first = self.reminders[:1]
            rings = [timer(packet_id, TimerKind.COURSES, "", now + offset, now) for offset in first]
            change = Change(after, events=[event], effects=[letter, *rings])
            return _activate(change, self.packet_types(packet.type), known, now)

        return self.packets.change(packet_id, decide).packet.status

    def on_timer(self, packet_id: str) -> datetime | None:
        """Remind of courses that are not taken, and tell the contracting department when reminding did not help.

        Answers when to ring next, None once the producer is active.
        """
        packets, reminders, now = self.packets, self.reminders, self.clock.now()
        again: datetime | None = None

        def decide(packet: Packet) -> Change | None:
            nonlocal again
            again = None
            known = packets.find(Feed, packet_id)
            if packet.status is not Status.CERTIFICATION_OPEN or known is None:
                return None
            due = [packet.status_at + offset for offset in reminders]
            passed = sum(at <= now for at in due)
            again = due[passed] if passed < len(due) else now + STALLED_EVERY
            if passed <= known.reminders:
                stalled = (now - (due[-1] if due else packet.status_at)) // STALLED_EVERY
                tell = attention(packet, STALLED, now, occasion=str(stalled))
                is_news = stalled > 0 and packets.find(Effect, packet_id, tell.id) is None
                return Change(packet, effects=[tell]) if is_news else None
            effects = [send_letter(packet_id, Letter.CERTIFICATION_OPEN, f"reminder-{passed}", now)]
            data = {"reminder": passed}
            event = Event(type=EventType.CERTIFICATION_REMINDED, at=now, actor=ONBOARDING, data=data)
            return Change(packet, events=[event], effects=effects, puts=[known.reminded(passed)])

        packets.change(packet_id, decide)
        return again

    def status(self, npn: str) -> CertificationStatusView:
        """Whether the certification site already knows a producer. Raises NotFound for one that was never fed."""
        feeds = [self.packets.find(Feed, contract.packet_id) for contract in self.packets.all_of(Contract, npn)]
        known = [one for one in feeds if one is not None]
        if not known:
            raise NotFound("This producer has not been processed.", code="producer-not-found")
        loaded = any(one.loaded_at for one in known)
        expected_by = None if loaded else min(one.expected_by for one in known)
        return CertificationStatusView(loaded=loaded, expected_by=expected_by)

    def _open(self, packet: Packet, task_token: str, now: datetime) -> Change:
        if packet.npn is None:
            raise InvalidTransition("a producer without an NPN cannot be fed")
        feed = Feed(
            packet_id=packet.id,
            npn=packet.npn,
            plan_year=self.packet_types(packet.type).certification.plan_year,
            task_token=task_token,
            expected_by=now + self.feed_life,
        )
        data = {"plan_year": feed.plan_year}
        event = Event(type=EventType.CERTIFICATION_REQUESTED, at=now, actor=ONBOARDING, data=data)
        reference = OrderReference(vendor=VENDOR, reference=packet.id, packet_id=packet.id)
        return Change(packet, events=[event], puts=[feed], claims=[reference], effects=[feed_producer(packet.id, now)])


@dataclass(frozen=True)
class Feeding:
    """The outbox's rows that tell the certification site of a producer."""

    packets: ports.Packets
    site: ports.CertificationSite
    clock: ports.Clock

    def feed(self, effect: Effect) -> None:
        """Tell the certification site of the producer; no SSN is in the feed."""
        packet = self.packets.load(effect.packet_id)
        known = self.packets.find(Feed, packet.id)
        if known is None or known.loaded_at is not None or _was_sent(known, effect):
            return
        now = self.clock.now()
        self.site.feed(
            {
                "external_ref": packet.id,
                "npn": known.npn,
                "first_name": as_filed(packet.agent.first_name),
                "last_name": as_filed(packet.agent.last_name),
                "email": packet.agent.email,
                "level": packet.level,
                "states": list(packet.pre_appointment_states),
                "plan_year": known.plan_year,
                "sent_at": iso(now),
            },
            effect.reference,
        )

        def decide(packet: Packet) -> Change | None:
            current = self.packets.find(Feed, packet.id)
            if current is None or current.loaded_at is not None or _was_sent(current, effect):
                return None
            return Change(packet, events=[_fed(current, now)], puts=[current.sent(effect.id, now)])

        self.packets.change(packet.id, decide)


def feed_again(packet: Packet, now: datetime) -> Effect:
    """The feed once more, after it was never loaded."""
    return feed_producer(packet.id, now, review=packet.reviews)


def _apply_loaded(packet: Packet, known: Feed, now: datetime) -> Change | None:
    """What it changes that the site knows the producer; None if that is known."""
    if known.loaded_at is not None:
        return None
    after = known.loaded(now)
    # The site's word may come before our own note that it was told.
    events = [
        *([] if known.sent_at else [_fed(known, now)]),
        Event(type=EventType.CERTIFICATION_ACKED, at=now, actor=SITE),
    ]
    if packet.status is Status.NEEDS_REVIEW and packet.review_reason == NOT_LOADED:
        # Too late for the execution that waited for it, not for the next one.
        return plus(resume(packet, Status.PROCESSED, now), events=events, puts=[after])
    return Change(packet, events=events, puts=[after], effects=wake_feed(packet, known.task_token, now))


def _apply_course(
    definition: PacketType, packet: Packet, known: Feed, message: CourseFinished, heard: Heard
) -> Change | Objection | None:
    """What it changes that a course was taken; None if that is known."""
    now, told = heard.at, message.data
    result = CourseResult(course=told.course, passed=message.passed, score=told.score, at=message.timestamp)
    if any(one.is_same_as(result) for one in known.results):
        return None
    taken_back = [one for one in known.results if one.course == told.course and one.stands and one.at < result.at]
    if not result.passed and taken_back:
        if not heard.accepted:
            said = {"course": told.course, "stands": "passed", "told": message.type.rpartition(".")[2]}
            return Objection(Obstacle.NEWS_AFTER_FINAL, ("type",), said)
        event = Event(type=EventType.CERTIFICATION_COURSE_REVOKED, at=now, actor=SITE, data={"course": told.course})
        return Change(packet, events=[event], puts=[known.revoked(told.course, now)])
    if message.type == "course.revoked":
        return Objection(Obstacle.PARTS_DISAGREE, ("course",))
    after = known.finished(result)
    kind = EventType.CERTIFICATION_COURSE_COMPLETED if result.passed else EventType.CERTIFICATION_COURSE_FAILED
    data: dict[str, Any] = {"course": result.course} | ({"odd": list(heard.odd)} if heard.odd else {})
    change = Change(packet, events=[Event(type=kind, at=now, actor=SITE, data=data)], puts=[after])
    if not result.passed and told.course not in after.passed():
        failures = sum(not one.passed for one in after.results)
        letter = send_letter(packet.id, Letter.COURSE_FAILED, failures, now, course=result.course)
        change = plus(change, effects=[letter])
    return _activate(change, definition, after, now)


def apply_news(
    packets: ports.Packets,
    definition: PacketType,
    packet: Packet,
    message: ProducerLoaded | CourseFinished,
    heard: Heard,
) -> Change | Objection | None:
    """What the certification site's message changes; None if nothing.

    An objection if it is about somebody or some year we did not feed, or takes back what stands.
    """
    known = packets.find(Feed, packet.id)
    if known is None:
        return Objection(Obstacle.PARTS_DISAGREE, ("external_ref",))
    year = message.data.plan_year if isinstance(message, CourseFinished) else None
    if parts := known.disagreements(message.data.npn, year):
        return Objection(Obstacle.PARTS_DISAGREE, parts)
    if isinstance(message, ProducerLoaded):
        return _apply_loaded(packet, known, heard.at)
    return _apply_course(definition, packet, known, message, heard)


def _activate(change: Change, definition: PacketType, feed: Feed, now: datetime) -> Change:
    """The same change, and the packet ACTIVE with it once certification is open and every required course is passed."""
    packet = change.packet
    if packet.status is not Status.CERTIFICATION_OPEN or not set(definition.certification.courses) <= feed.passed():
        return change
    after = packet.end(Status.ACTIVE, now)
    event = Event(type=EventType.CERTIFICATION_COMPLETED, at=now, actor=SITE, data={"plan_year": feed.plan_year})
    letter = send_letter(packet.id, Letter.ACTIVE, 1, now)
    return plus(replace(change, packet=after), events=[event], effects=[letter])


def _fed(known: Feed, now: datetime) -> Event:
    return Event(type=EventType.CERTIFICATION_FED, at=now, actor=ONBOARDING, data={"plan_year": known.plan_year})


def _was_sent(known: Feed, effect: Effect) -> bool:
    """Whether the site was told for this effect already; the first one is done by any."""
    return known.sent_for == effect.id or (known.sent_at is not None and not effect.asks_for(FeedProducer).again)
