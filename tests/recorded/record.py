"""Made the recording in this folder: plays invented people's packets in process on moto and writes down what is left.

It ran once, at commit 374283a, and is kept so that a reader sees how the data came about. Later code has other names
and other ways; run it at that commit or not at all: `python -m tests.recorded.record`.

The clock stands still between the acts, so times are the same in every run. Ids, nonces, keys and signatures are drawn
at random, as the product draws them, and differ.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import lzma
import os
import re
import sys
import tarfile
from collections.abc import Callable
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from econtracting.domain.effects import EffectKind
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from tests.journey import expect

from auth import authorizer
from econtracting import wiring
from econtracting.adapters.pace import EvenPace
from econtracting.domain.packet import Status
from invite import deliveries
from process import relay, tasks
from sign import tasks as documents
from tests import atomic, bulk_files, journey, stories, uploads
from tests.reliability import agents
from tests.reliability.agents import Caller
from tests.support.world import REGION, START, Context, World, build

HERE = Path(__file__).parent
COMMIT = "374283a"
TABLE, BUCKETS = "econtracting", ("documents", "uploads")
AGENCIES = {"agency-1": "Harbor Agency", "agency-2": "North Star Agency"}
OTHER_RECRUITER = {**journey.RECRUITER, "subject": "recruiter-2", "agency_id": "agency-2"}
RECRUITERS = {"agency-1": journey.RECRUITER, "agency-2": OTHER_RECRUITER}
OTHER_NUMBER = {"ssn": "987-65-4329", "ssn_confirm": "987-65-4329"}
# As EventBridge Scheduler invokes a function whose schedule names no input of its own.
SCHEDULED: dict[str, Any] = {}


@dataclass
class Person:
    """An invited agent and what they remember, so that a later release can let them in."""

    name: str
    agency: str
    number: int
    packet_id: str = ""
    link_secret: str = ""
    cookie: str | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"dana.{self.name}@example.com"

    @property
    def npn(self) -> str:
        return str(15645500 + self.number)


class Recorder:
    """The world at play, and everything that functions were given meanwhile."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people: dict[str, Person] = {}
        self.stream: list[dict[str, Any]] = []
        self.relayed: list[dict[str, Any]] = []
        self.tasks: list[dict[str, Any]] = []
        self.sealings: list[dict[str, Any]] = []
        self.mail_events: list[dict[str, Any]] = []
        self.authorized: list[dict[str, Any]] = []
        self.archives: dict[str, bytes] = {}
        self.held = False
        self.world.relayed = self.deliver

    # what goes on behind the doors

    def deliver(self) -> int:
        """The table's stream, as the event source hands it over; while `held`, nothing is handed over."""
        if self.held:
            return 0
        given = 0
        while records := self._drained():
            for one in records:
                if one["eventName"] != "INSERT" or not one["dynamodb"]["Keys"]["SK"]["S"].startswith("OUTBOX#"):
                    continue
                event = {"Records": [one]}
                self.relayed.append(deepcopy(one))
                assert not relay.on_stream(event, Context())["batchItemFailures"]
                given += 1
        return given

    def _drained(self) -> list[dict[str, Any]]:
        with atomic.LOCK:
            shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE].stream_shard
            found, shard.items = shard.items, []
        records = [one.to_json() for one in found]
        for one in records:
            one["dynamodb"]["ApproximateCreationDateTime"] = self.world.clock.now().timestamp()
        self.stream += deepcopy(records)
        return records

    @contextmanager
    def holding(self) -> Any:
        """Nothing is relayed: what the acts inside leave in the outbox stays undone."""
        self.deliver()
        self.held = True
        yield
        self._drained()
        self.held = False

    def sweep(self) -> None:
        relay.sweep(SCHEDULED, Context())
        self.deliver()

    def sweep_only(self, person: Person) -> None:
        """What the sweep does, for one packet; what others wait for stays as it is."""
        for packet_id, effect_id in list(wiring.outbox().due(self.world.clock.now(), 1000)):
            if packet_id == person.packet_id and effect_id is not None:
                relay.perform(packet_id, effect_id)
        self.deliver()

    # acts

    def invite(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = Person(name, agency, len(self.people) + 1)
        self.people[name] = person
        body = journey.invitation(
            agent={
                "first_name": "Dana",
                "middle_name": "Lee",
                "last_name": "Rivers",
                "email": person.email,
                "npn": person.npn,
            },
            agency={"id": agency, "name": AGENCIES[agency]},
            **more,
        )
        self.world.cookie = None
        answer = self.caller(person).keyed("POST", "/invitations", body, f"invite {name}", staff=RECRUITERS[agency])
        person.packet_id = expect(answer, 201).json["packet_id"]
        self.deliver()
        person.link_secret = journey.link_secret(self.world)
        return person

    def caller(self, person: Person) -> Caller:
        person.kept["packet"] = person.packet_id
        return Caller(self.world, person.kept)

    def enter(self, person: Person) -> None:
        journey.come_in(self.world)
        self.deliver()
        journey.agree(self.world)
        self.keep(person)

    def keep(self, person: Person) -> None:
        person.cookie = self.world.cookie

    def answer(self, person: Person, **changes: Any) -> None:
        own = {"email": person.email, "npn": person.npn, **changes.pop("agent", {})}
        journey.answer_everything(self.world, agent=own, **changes)
        self.deliver()

    def freeze(self, person: Person, **changes: Any) -> None:
        self.enter(person)
        self.answer(person, **changes)
        journey.confirm(self.world)
        self.deliver()

    def sign(self, person: Person, *, drawn: bool = False) -> None:
        journey.consent(self.world)
        if drawn:
            agents.adopt_picture(self.caller(person))
        else:
            journey.adopt(self.world)
        journey.sign_everything(self.world)

    def finished(self, name: str, agency: str = "agency-1", *, drawn: bool = False, **more: Any) -> Person:
        """Up to Finish; the outbox is relayed but for what Finish left."""
        changes = {key: more.pop(key) for key in ("agent_answers",) if key in more}
        person = self.invite(name, agency, **more)
        self.freeze(person, **({"agent": changes["agent_answers"]} if changes else {}))
        self.sign(person, drawn=drawn)
        self.deliver()
        self.keep(person)
        with self.holding():
            journey.finish(self.world)
        return person

    def task(self, person: Person, name: str, **more: Any) -> Any:
        packet = wiring.packets().load(person.packet_id)
        event = {"task": name, "packet_id": person.packet_id, "attempt": packet.attempt, **more}
        answer = tasks.lambda_handler(deepcopy(event), Context())
        self.tasks.append({"event": event, "answer": answer, "status_before": packet.status.value})
        self.deliver()
        return answer

    def seal(self, person: Person) -> None:
        self.sweep_only(person)
        packet = wiring.packets().load(person.packet_id)
        event = {"packet_id": person.packet_id, "attempt": packet.attempt}
        answer = documents.seal(dict(event), Context())
        assert answer == {"status": "SUBMITTED"}
        self.sealings.append({"event": event, "answer": answer})
        self.deliver()

    def sealed(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = self.finished(name, agency, **more)
        self.seal(person)
        return person

    def begin_check(self, person: Person) -> None:
        self.task(person, "locate")
        self.task(person, "begin_background_check")
        self.task(person, "await_background_check", task_token=f"token-{person.name}-check")

    def report(self, person: Person, status: str, result: str | None = None, fields: tuple[str, ...] = ()) -> None:
        attempt = wiring.packets().load(person.packet_id).check_attempt
        if fields:
            stories.suspended(self.world, person.packet_id, *fields, attempt=attempt)
        else:
            stories.report(self.world, person.packet_id, status, result, attempt)
        self.deliver()

    def checked(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = self.sealed(name, agency, **more)
        self.begin_check(person)
        return person

    def suspended(self, name: str, agency: str = "agency-1") -> Person:
        person = self.checked(name, agency)
        self.report(person, "suspended", None, ("ssn",))
        self.task(person, "record_background_check")
        return person

    def correct(self, person: Person) -> None:
        """The agent answers what was asked and signs what shows it."""
        self.world.cookie = person.cookie
        answer = self.world.call(
            "POST", "/access/sessions", {"invitation": person.link_secret, "password": journey.PASSWORD}
        )
        expect(answer, 201)
        agents.save("agent", standing=True, **OTHER_NUMBER)(self.caller(person))
        agents.confirm_correction(self.caller(person))
        self.deliver()

    def weighed(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = self.checked(name, agency, **more)
        self.report(person, "complete", "consider")
        self.task(person, "record_background_check")
        return person

    def noticed(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = self.weighed(name, agency, **more)
        self.decide(person, "pre-adverse")
        return person

    def decide(self, person: Person, word: str, **more: Any) -> None:
        body = {"decision": word, "reason": "looked at it", **more}
        path = f"/packets/{person.packet_id}/decisions"
        expect(
            self.caller(person).keyed(
                "POST", path, body, f"{word} {person.name} {person.kept.setdefault('decisions', 0)}", staff=stories.OPS
            ),
            200,
        )
        person.kept["decisions"] += 1
        self.deliver()

    def cleared(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = self.checked(name, agency, **more)
        self.report(person, "complete", "clear")
        self.task(person, "record_background_check")
        return person

    def appointing(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = self.cleared(name, agency, **more)
        for state in self.task(person, "list_appointments")["states"]:
            self.task(person, "await_appointment", state=state, task_token=f"token-{name}-{state}")
        return person

    def state_answers(self, person: Person, state: str, status: str = "APPROVED") -> None:
        expect(journey.appointment_webhook(self.world, person.packet_id, state, status), 202)
        self.deliver()

    def fed(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = self.appointing(name, agency, **more)
        for state in wiring.packets().load(person.packet_id).pre_appointment_states:
            self.state_answers(person, state)
        self.task(person, "record_processed")
        self.task(person, "await_certification_feed", task_token=f"token-{name}-feed")
        return person

    def site(self, person: Person, kind: str, **data: Any) -> None:
        told = journey.certification_webhook(self.world, person.packet_id, kind, npn=person.npn, **data)
        expect(told, 202)
        self.deliver()

    def course(self, person: Person, name: str, *, passed: bool = True) -> None:
        kind = "course.completed" if passed else "course.failed"
        self.site(person, kind, course=name, plan_year=2027, score=92 if passed else 61)

    def open(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = self.fed(name, agency, **more)
        self.site(person, "producer.loaded")
        self.task(person, "record_certification_open")
        return person

    def active(self, name: str, agency: str = "agency-1", **more: Any) -> Person:
        person = self.open(name, agency, **more)
        for one in stories.COURSES:
            self.course(person, one)
        return person

    def sold(self, person: Person, state: str, on: date | None = None) -> None:
        answer = stories.sale(
            self.world,
            state,
            on,
            npn=person.npn,
            number=person.number * 100 + len(state),
            message_id=f"msg_sale_{person.name}_{state}",
        )
        expect(answer, 202)
        self.deliver()

    def judged(self, person: Person, state: str) -> Any:
        return self.task(person, "judge_sale", state=state)

    def mail_report(self, kind: str, letter: str, bounce: str = "Permanent") -> None:
        """As the mail service's topic tells it."""
        sent = [one for one in self.world.outside.post.sent if f".mail.{letter}." in one["reference"]][-1]
        report: dict[str, Any] = {
            "eventType": kind,
            "mail": {
                "messageId": f"m-{len(self.mail_events) + 1}",
                "destination": [sent["to"]],
                "headers": [{"name": "X-Reference-Id", "value": sent["reference"]}],
            },
        }
        if kind == "Bounce":
            report["bounce"] = {"bounceType": bounce, "bounceSubType": "General"}
        event = {
            "Records": [
                {
                    "EventSource": "aws:sns",
                    "EventVersion": "1.0",
                    "Sns": {"MessageId": f"sns-{len(self.mail_events) + 1}", "Message": json.dumps(report)},
                }
            ]
        }
        self.mail_events.append(deepcopy(event))
        deliveries.lambda_handler(event, Context())
        self.deliver()

    def evidence(self, person: Person) -> None:
        self.world.cookie = self.signed_in(person)
        self.archives[person.name] = expect(self.world.call("GET", "/packet/evidence"), 200).body

    def signed_in(self, person: Person) -> str | None:
        self.world.cookie = None
        answer = self.world.call(
            "POST", "/access/sessions", {"invitation": person.link_secret, "password": journey.PASSWORD}
        )
        expect(answer, 201)
        self.keep(person)
        self.deliver()
        return person.cookie


def before_the_season(play: Recorder) -> None:
    """What needs weeks to pass."""
    play.world.clock.at = START - timedelta(days=45)
    play.invite("expired", "agency-2")
    play.world.clock.pass_(days=27, minutes=1)
    play.sweep()
    play.world.clock.pass_(days=4)
    play.sweep()
    play.world.clock.at = START


def ten_days_ago(play: Recorder) -> None:
    """What needs days to pass before the recording is taken."""
    play.invite("invited", "agency-1")
    play.mail_report("Delivery", "invitation")
    refused = play.noticed("refused", "agency-2")
    play.mail_report("Delivery", "adverse-pre")
    slow = play.checked("slow-check", "agency-1")
    opened = play.open("open", "agency-1", pre_appointment_states=[])
    play.suspended("asked", "agency-2")
    review = play.checked("review", "agency-1")
    play.report(review, "canceled")
    play.task(review, "record_background_check")
    for days in (4, 4, 2):
        play.world.clock.pass_(days=days)
        play.sweep()
    play.task(slow, "record_background_check_timed_out")
    play.decide(refused, "adverse")
    play.evidence(refused)
    play.course(opened, stories.COURSES[0], passed=False)
    play.course(opened, stories.COURSES[0])
    play.sold(opened, "TN")
    play.judged(opened, "TN")
    play.task(opened, "record_first_sale", state="TN")


def adverse_ones(play: Recorder) -> None:
    play.noticed("pre-sent", "agency-1")
    play.noticed("waiting", "agency-2")
    play.mail_report("Delivery", "adverse-pre")
    disputed = play.noticed("disputed", "agency-1")
    play.mail_report("Delivery", "adverse-pre")
    play.decide(disputed, "pre-adverse")
    play.mail_report("Delivery", "adverse-pre")
    play.world.clock.pass_(days=1)
    play.report(play.people["disputed"], "dispute")
    play.noticed("undeliverable", "agency-2", agent_answers={"residential": {**journey.ADDRESS, "state": "NY"}})
    play.mail_report("Bounce", "adverse-pre")
    released = play.weighed("released", "agency-1")
    play.decide(released, "proceed")


def corrections(play: Recorder) -> None:
    corrected = play.suspended("corrected", "agency-1")
    play.correct(corrected)
    agents.sign_everything(play.caller(corrected))
    agents.finish_correction(play.caller(corrected))
    play.seal(corrected)
    play.evidence(corrected)
    again = play.suspended("signing-again", "agency-2")
    play.correct(again)
    play.keep(again)
    gone = play.checked("rejected", "agency-1")
    body = {"fields": ["agent.ssn"], "reason": "It does not match."}
    path = f"/packets/{gone.packet_id}/corrections"
    expect(play.caller(gone).keyed("POST", path, body, staff=stories.OPS), 200)
    play.deliver()
    play.decide(gone, "reject")


def endings(play: Recorder) -> None:
    withdrawn = play.invite("withdrawn", "agency-1")
    path = f"/invitations/{withdrawn.packet_id}/withdraw"
    expect(play.caller(withdrawn).keyed("POST", path, {"reason": "left"}, staff=journey.RECRUITER), 200)
    play.deliver()
    declined = play.invite("declined", "agency-2")
    play.freeze(declined)
    agents.decline(play.caller(declined))
    play.deliver()
    stranger = play.invite("not-meant", "agency-1")
    play.enter(stranger)
    agents.wrong_recipient(play.caller(stranger))
    play.deliver()
    against = play.invite("consent-withdrawn", "agency-2")
    play.freeze(against)
    journey.consent(play.world)
    agents.withdraw_consent(play.caller(against))
    play.deliver()


def sellers(play: Recorder) -> None:
    active = play.active("active", "agency-1")
    play.sold(active, "TN")
    play.judged(active, "TN")
    play.task(active, "await_first_sale_appointment", state="TN", task_token="token-active-TN")
    play.state_answers(active, "TN")
    play.task(active, "record_first_sale", state="TN")
    play.sold(active, "GA")
    play.judged(active, "GA")
    play.task(active, "record_first_sale", state="GA")
    play.sold(active, "CO")
    play.judged(active, "CO")
    play.sold(active, "KY")
    play.task(active, "raise_sale_alarm", state="KY")
    play.sold(active, "IA", play.world.clock.now().date() - timedelta(days=3))
    play.judged(active, "IA")
    with play.holding():
        play.sold(active, "TX")


def undone(play: Recorder) -> None:
    """What stands half done when the recording is taken: the next release has to go on from there."""
    outside = play.world.outside
    starting = play.finished("starting", "agency-1")
    assert play.world.status(starting.packet_id) == "SEALING"

    just_sealed = play.finished("just-sealed", "agency-2", drawn=True)
    play.sweep_only(just_sealed)
    play.signed_in(just_sealed)
    with play.holding():
        _seal_held(play, just_sealed)
        cookie = just_sealed.cookie
        play.world.cookie = cookie
        play.archives["just-sealed"] = expect(play.world.call("GET", "/packet/evidence"), 200).body

    ordering = play.sealed("ordering", "agency-2")
    outside.screening.down = True
    play.task(ordering, "begin_background_check")
    outside.screening.down = False

    told = play.checked("told", "agency-1")
    with play.holding():
        play.report(told, "complete", "clear")

    waking = play.checked("waking", "agency-2")
    with play.holding():
        play.report(waking, "complete", "clear")
        for packet_id, effect_id in list(wiring.outbox().due(play.world.clock.now(), 1000)):
            if packet_id == waking.packet_id and effect_id is not None and effect_id.startswith("sync-check"):
                relay.perform(packet_id, effect_id)

    fetching = play.checked("fetching", "agency-1")
    play.report(fetching, "complete", "consider")
    outside.screening.down = True
    play.task(fetching, "record_background_check")
    outside.screening.down = False

    appointing = play.cleared("appointing", "agency-2")
    outside.gateway.down = True
    play.task(appointing, "list_appointments")
    for state in ("AL", "FL"):
        play.task(appointing, "await_appointment", state=state, task_token=f"token-appointing-{state}")
    outside.gateway.down = False

    refusing = play.appointing("state-refused", "agency-1", pre_appointment_states=["AL", "FL", "GA"])
    play.state_answers(refusing, "AL")
    play.state_answers(refusing, "FL", "REJECTED")
    play.task(refusing, "record_appointment_unanswered", state="GA")

    feeding = play.appointing("feeding", "agency-1")
    for state in ("AL", "FL"):
        play.state_answers(feeding, state)
    play.task(feeding, "record_processed")
    outside.site.down = True
    play.task(feeding, "await_certification_feed", task_token="token-feeding-feed")
    outside.site.down = False
    unloaded = play.fed("not-loaded", "agency-2")
    play.task(unloaded, "record_feed_not_loaded")
    play.decide(unloaded, "retry")
    play.sweep_only(unloaded)
    play.task(unloaded, "ask_for_review")

    _locked(play)
    _answering(play)
    awaiting = play.invite("awaiting", "agency-1")
    play.freeze(awaiting)
    journey.consent(play.world)
    journey.adopt(play.world)
    agents.open_document(play.caller(awaiting))
    agents.sign(play.caller(awaiting))
    play.deliver()
    play.keep(awaiting)

    outside.post.down = True
    play.world.cookie = None
    late = Person("mail-down", "agency-2", len(play.people) + 1)
    play.people[late.name] = late
    body = journey.invitation(
        agent={"first_name": "Dana", "last_name": "Rivers", "email": late.email},
        agency={"id": "agency-2", "name": AGENCIES["agency-2"]},
    )
    answer = play.caller(late).keyed("POST", "/invitations", body, "invite mail-down", staff=OTHER_RECRUITER)
    late.packet_id = expect(answer, 201).json["packet_id"]
    play.deliver()
    outside.post.down = False
    file = bulk_files.table(*map(bulk_files.row, range(2)))
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "file-1"}
    expect(play.world.call("POST", "/invitations/bulk", file, staff=journey.RECRUITER, headers=headers), 202)
    play.deliver()
    bounced = play.invite("bounced", "agency-2")
    play.mail_report("Bounce", "invitation", "Transient")
    play.mail_report("Bounce", "invitation")
    play.mail_report("Complaint", "invitation")
    assert bounced.packet_id


def _seal_held(play: Recorder, person: Person) -> None:
    event = {"packet_id": person.packet_id, "attempt": wiring.packets().load(person.packet_id).attempt}
    answer = documents.seal(dict(event), Context())
    play.sealings.append({"event": event, "answer": answer})


def _locked(play: Recorder) -> None:
    """Somebody guesses at a password until the door shuts."""
    person = play.invite("locked", "agency-1")
    play.enter(person)
    play.world.cookie = None
    for number in range(10):
        body = {"invitation": person.link_secret, "password": f"Wrong{number}walk"}
        expect(play.world.call("POST", "/access/sessions", body), 401)
        play.world.clock.pass_(seconds=65)
    play.deliver()


def _answering(play: Recorder) -> None:
    """In the middle of the interview: another address, files, and a registry that is away."""
    moved = play.invite("new-address", "agency-2")
    play.enter(moved)
    new = "dana.elsewhere@example.com"
    own = {**journey.ANSWERS["agent"], "email": new, "npn": moved.npn}
    play.world.outside.registry.disagrees = {"birth_date"}
    expect(journey.save(play.world, "agent", own), 200)
    play.world.outside.registry.disagrees = set()
    play.deliver()
    agents.keep_difference(play.caller(moved))
    agents.ask_for_email_code(play.caller(moved))
    play.deliver()
    _confirm_address(play)
    play.keep(moved)

    person = play.invite("answering", "agency-1")
    play.enter(person)
    play.world.outside.registry.down = True
    own = {**journey.ANSWERS["agent"], "email": "dana.later@example.com", "npn": person.npn}
    expect(journey.save(play.world, "agent", own), 200)
    expect(play.world.call("POST", "/packet/email-confirmations"), 202)
    play.deliver()
    play.world.outside.registry.down = False
    caller = play.caller(person)
    for number in (1, 2, 3):
        body = {"file_name": f"order-{number}.pdf", "content_type": "application/pdf", "size": len(uploads.pdf())}
        announced = expect(caller.keyed("POST", "/packet/attachments", body, f"file {number}"), 201).json
        caller.kept["file"], caller.kept["key"] = announced["attachment_id"], announced["upload"]["fields"]["key"]
        if number < 3:
            agents.upload(caller)
            agents.complete(caller)
    with play.holding():
        rows = expect(play.world.call("GET", "/packet/attachments"), 200).json
        items = rows["items"] if isinstance(rows, dict) else rows
        first = next(one for one in items if one["file_name"] == "order-2.pdf")
        expect(play.world.call("DELETE", f"/packet/attachments/{first['attachment_id']}"), 204)
    play.keep(person)


def _confirm_address(play: Recorder) -> None:
    text = next(one["text"] for one in reversed(play.world.outside.post.sent) if "email-code" in one["reference"])
    code = re.search(r"(?m)^\s*([2-9A-HJ-NP-Z]{6})\s*$", text)
    assert code is not None
    expect(play.world.call("PUT", "/packet/email-confirmations", {"code": code[1]}), 200)
    play.deliver()


def unstamped(play: Recorder, patch: pytest.MonkeyPatch) -> None:
    """Sealed while no timestamp authority answers: the times are asked for later."""
    patch.setenv("SEAL_LEVEL", "B-T")
    patch.setenv("SEAL_WITHOUT_TIMESTAMP", "later")
    patch.setenv("TIMESTAMP_AUTHORITIES", "http://127.0.0.1:9")
    wiring.forget()
    patch.setattr(wiring, "pace", lambda: EvenPace(0))
    person = play.finished("unstamped", "agency-1")
    play.sweep_only(person)
    with play.holding():
        _seal_held(play, person)
    patch.setenv("SEAL_LEVEL", "B-B")
    patch.setenv("SEAL_WITHOUT_TIMESTAMP", "wait")
    wiring.forget()


# writing down


def keys() -> dict[str, Any]:
    """The emulator's keys with their material, by the setting that names them."""
    found = {}
    backend = kms_backends[DEFAULT_ACCOUNT_ID][REGION]
    for name in ("DATA_KEY_ID", "LINK_KEY_ID", "SEAL_KEY_ID"):
        key = backend.keys[os.environ[name].rpartition("/")[2]]
        found[name] = {
            "id": key.id,
            "arn": key.arn,
            "spec": key.key_spec,
            "usage": key.key_usage,
            "material": base64.b64encode(key.key_material).decode(),
            "private_key": key.private_key.private_key.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ).decode()
            if key.key_spec == "ECC_NIST_P256"
            else None,
        }
    return found


def table() -> list[dict[str, Any]]:
    rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE].items
    found = [one.to_json()["Attributes"] for group in rows.values() for one in group.values()]
    return sorted(found, key=lambda one: (one["PK"]["S"], one["SK"]["S"]))


def write_json(name: str, value: Any) -> None:
    (HERE / name).write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def write_lines(name: str, values: list[Any]) -> None:
    """One JSON text a line, compressed."""
    text = "".join(json.dumps(one, sort_keys=True, ensure_ascii=False) + "\n" for one in values)
    (HERE / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def write_objects() -> None:
    """Every stored version of every object. Sealed papers repeat the frozen ones, so a wide window pays."""
    packed = io.BytesIO()
    index = []
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for bucket in BUCKETS:
            stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys
            versions = [(name, one) for name in dict(stored) for one in stored.getlist(name)]
            for name, one in sorted(versions, key=lambda pair: (pair[0].rpartition("/")[0], len(pair[1].value))):
                entry = tarfile.TarInfo(f"{len(index):05d}")
                entry.size = len(one.value)
                archive.addfile(entry, io.BytesIO(one.value))
                index.append(
                    {
                        "bucket": bucket,
                        "key": name,
                        "version": one.version_id,
                        "content_type": dict(one.metadata).get("Content-Type")
                        or dict(one.metadata).get("content-type"),
                        "size": len(one.value),
                    }
                )
    write_lines("objects.jsonl.gz", index)
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 256 * 1024 * 1024}]
    (HERE / "objects.tar.xz").write_bytes(lzma.compress(packed.getvalue(), filters=filters))
    print("objects", len(index), len(packed.getvalue()), (HERE / "objects.tar.xz").stat().st_size)


def one_of_each(records: list[dict[str, Any]], of: Callable[[dict[str, Any]], Any]) -> list[dict[str, Any]]:
    found: dict[Any, dict[str, Any]] = {}
    for record in records:
        found.setdefault(of(record), record)
    return list(found.values())


def _kind_of_record(record: dict[str, Any]) -> tuple[str, str]:
    key = record["dynamodb"]["Keys"]
    row = "#".join(key["SK"]["S"].split("#")[: 3 if "#mail#" in key["SK"]["S"] else 2][:3])
    if not row.startswith("OUTBOX#"):
        row = row.partition("#")[0]
    return record["eventName"], row


def write(play: Recorder) -> None:
    items = table()
    rows = [one for one in items if one["SK"]["S"].startswith("OUTBOX#")]
    written = {path.stem for path in (HERE.parents[1] / "functions/econtracting/letters").glob("*.txt")}
    for what, wanted, found in (
        ("statuses", set(Status), {one["status"]["S"] for one in items if one["SK"]["S"] == "PACKET"}),
        ("kinds", set(EffectKind), {one["kind"]["S"] for one in rows}),
        ("kinds undone", set(EffectKind), {one["kind"]["S"] for one in rows if "done_at" not in one}),
        ("tasks", set(tasks.TASKS), {one["event"]["task"] for one in play.tasks}),
        ("letters", written, {one["payload"]["M"]["letter"]["S"] for one in rows if one["kind"]["S"] == "mail"}),
    ):
        assert not wanted - found, f"{what} missing: {wanted - found}"
    write_lines("items.jsonl.gz", items)
    write_objects()
    write_json("keys.json", keys())
    write_lines("stream.jsonl.gz", one_of_each(play.stream, _kind_of_record))
    write_lines("tasks.jsonl.gz", play.tasks)
    write_lines("sealings.jsonl.gz", play.sealings)
    write_lines(
        "authorizers.jsonl.gz", one_of_each(play.authorized, lambda one: one["answer"]["context"].get("packet_id"))
    )
    write_json("mail-events.json", play.mail_events)
    write_json("sweep-event.json", SCHEDULED)
    outside = play.world.outside
    write_lines(
        "outside.jsonl.gz",
        [
            {
                "screening": {
                    "reports": {name: one._asdict() for name, one in outside.screening.reports.items()},
                    "orders": {name: one._asdict() for name, one in outside.screening.orders.items()},
                },
                "gateway": {name: dict(one) for name, one in outside.gateway.orders.items()},
                "site": {name: dict(one) for name, one in outside.site.feeds.items()},
                "post": outside.post.sent,
            }
        ],
    )
    (HERE / "evidence").mkdir(exist_ok=True)
    for name, content in play.archives.items():
        (HERE / "evidence" / f"{name}.zip").write_bytes(content)
    people = {
        one.name: {
            "packet_id": one.packet_id,
            "agency_id": one.agency,
            "email": one.email,
            "npn": one.npn,
            "link_secret": one.link_secret,
            "cookie": one.cookie,
            "password": journey.PASSWORD,
            "status": play.world.status(one.packet_id),
        }
        for one in play.people.values()
    }
    write_json(
        "manifest.json",
        {
            "commit": COMMIT,
            "at": play.world.clock.now().astimezone(UTC).isoformat(),
            "certificate": "certificates/seal.pem",
            "people": people,
            "staff": {"recruiters": RECRUITERS, "contracting": journey.CONTRACTING},
            "items": len(items),
        },
    )


def noted(play: Recorder, patch: pytest.MonkeyPatch) -> None:
    asked = authorizer.lambda_handler

    def authorize(event: dict[str, Any], context: Any) -> dict[str, Any]:
        kept = deepcopy(event)
        answer = asked(event, context)
        play.authorized.append({"event": kept, "answer": deepcopy(answer)})
        return answer

    patch.setattr(authorizer, "lambda_handler", authorize)


def main() -> None:
    atomic.install()
    config: Any = {"lambda": {"use_docker": False}}
    with mock_aws(config=config), pytest.MonkeyPatch.context() as patch:
        world = build(patch)
        patch.setenv("LOGINS_PER_ADDRESS", "100000")
        patch.setenv("PASSWORD_MAILS_PER_ADDRESS", "100000")
        wiring.forget()
        patch.setattr(wiring, "pace", lambda: EvenPace(0))
        play = Recorder(world)
        noted(play, patch)
        for part in (before_the_season, ten_days_ago, adverse_ones, corrections, endings, sellers, undone):
            print(part.__name__, datetime.now(UTC).time(), flush=True)
            part(play)
        unstamped(play, patch)
        write(play)
        wiring.forget()


def timelines() -> None:
    """The demo's stories as they play in process, and the one that `make demo` played on the local stack.

    Seconds are of the machine that recorded; only the local stack's total is kept.
    """
    import tests.journeys.on_moto as stage
    from local.demo.play import PAPERS, play
    from tests.journeys.test_on_moto import STORIES

    found: dict[str, Any] = {}
    worlds: list[World] = []
    make = stage.build
    stage.build = lambda patch: (worlds.append(make(patch)), worlds[-1])[1]
    stack = json.loads((PAPERS / "clear/timeline.json").read_text())
    shown = [path.read_text() for path in sorted((PAPERS / "clear/mails").glob("*.txt"))]
    found["local stack"] = {
        "story": "clear",
        "outcome": stack["outcome"],
        "seconds": stack["seconds"],
        "stages": [_stage(one["name"], one["detail"]) for one in stack["stages"]],
        "road": list(stack["road"]),
        "letters": [_letter(one) for one in shown],
    }
    for name in STORIES:
        with stage.scene() as scene:
            told = play(name, scene)
            world = worlds[-1]
            packet = wiring.packets().load(told.packet_id)
            found[name] = {
                "story": name,
                "stages": [_stage(one.name, one.detail) for one in told.timeline.stages],
                "statuses": _statuses(packet),
                "letters": [one["reference"].split(".")[2] for one in world.outside.post.sent],
            }
    write_json("timelines.json", found)


def _stage(name: str, detail: str) -> dict[str, str]:
    return {"name": name, "detail": re.sub(r"pkt_[0-9a-z]{26}", "<packet>", detail)}


def _letter(mail: str) -> str:
    found = re.search(r"(?m)^X-Reference-Id: \S+\.mail\.([a-z-]+)\.", mail)
    assert found is not None
    return found[1]


def _statuses(packet: Any) -> list[str]:
    """In the order in which they were first reached; INVITED comes before them all."""
    reached = sorted(packet.reached.items(), key=lambda pair: pair[1])
    return list(dict.fromkeys(["INVITED", *(status for status, _ in reached)]))


if __name__ == "__main__":
    timelines() if sys.argv[1:] == ["timelines"] else main()
