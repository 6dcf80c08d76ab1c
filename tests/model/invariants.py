"""I1 to I10, asked of everything that is stored and of everything that went out."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from hashlib import sha256
from typing import Any

import boto3

from econtracting import wiring
from econtracting.adapters.dynamodb import items
from econtracting.domain import audit
from econtracting.domain.audit import ChainedEvent
from econtracting.domain.outbox import Effect, EffectKind
from econtracting.domain.packet import BEFORE_SUBMISSION, DRIVEN_BY_WORKFLOW, ENDED, Packet, Status
from econtracting.domain.signing.signing import Document
from econtracting.usecases.signing.preparing import frozen_key
from tests.model.outsiders import Outsiders
from tests.support import journey
from tests.support.canaries import found_in

S = Status
JUST_IN_TIME = frozenset({"GA", "TX"})


class Stored:
    """The table, read once."""

    def __init__(self) -> None:
        self.raw = boto3.client("dynamodb").scan(TableName="econtracting")["Items"]
        self.packets: dict[str, Packet] = {}
        self.events: dict[str, list[ChainedEvent]] = defaultdict(list)
        self.effects: dict[str, list[Effect]] = defaultdict(list)
        self.documents: dict[str, list[Document]] = defaultdict(list)
        for one in self.raw:
            partition, place = one["PK"]["S"], one["SK"]["S"]
            owner = partition.removeprefix("PACKET#")
            if place == "PACKET":
                self.packets[owner] = items.record(Packet, one)
            elif place.startswith("EVENT#"):
                self.events[owner].append(items.record(ChainedEvent, one))
            elif place.startswith("OUTBOX#"):
                self.effects[owner].append(items.record(Effect, one))
            elif place.startswith("DOCUMENT#"):
                self.documents[owner].append(items.record(Document, one))
        for found in self.events.values():
            found.sort(key=lambda event: event.seq)


class Invariants:
    """Remembers what was seen, for what may never change afterward."""

    def __init__(self, play: Outsiders) -> None:
        self.play = play
        self._trail: dict[str, list[str]] = {}
        self._sealed: dict[tuple[str, str, int], str] = {}

    def hold(self) -> None:
        stored = Stored()
        for packet in stored.packets.values():
            self._as_the_model_says(packet)
            self._chained(packet, stored.events[packet.id])
            self._led(packet, stored.effects[packet.id])
            self._sealed_once(stored.documents[packet.id])
        self._one_open_each(stored)
        self._executions(stored)
        self._appointed_rightly()
        self.mailed_once(stored)

    def _as_the_model_says(self, packet: Packet) -> None:
        case = self.play.case(packet.id)
        assert case is not None, f"no one knows of {packet.id}"
        assert packet.status is case.status, f"{packet.id} stands at {packet.status}, the model at {case.status}"
        assert packet.expires_at == case.expires_at
        assert packet.pre_appointment_states == tuple(sorted(case.states))
        assert (packet.agreement is not None) == case.agreed
        assert (packet.consent is not None) == case.consented, f"consent of {packet.id} (model: {case.consented})"
        assert {name: one.version for name, one in packet.sections.items()} == case.versions
        assert packet.review_reason != "STEP_FAILED", "no fault outlasts the retries of a step"

    def _chained(self, packet: Packet, events: list[ChainedEvent]) -> None:
        """I5: the chain verifies, ends where the packet says, and begins as it did."""
        assert audit.verify(events) == packet.event_head
        assert len(events) == packet.event_count
        before, now = self._trail.get(packet.id, []), [event.hash for event in events]
        assert now[: len(before)] == before, "what was on the trail stays on it"
        self._trail[packet.id] = now

    def _led(self, packet: Packet, effects: list[Effect]) -> None:
        """I8: someone or something comes back to it, or names who must."""
        pending = [one for one in effects if one.done_at is None]
        assert all(one.due_at is not None for one in pending), "what is to be done is due some day"
        timers = {str(one.payload["which"]) for one in pending if one.kind is EffectKind.WATCH}
        if packet.status in ENDED or packet.status is S.ACTIVE:
            return
        if packet.status in BEFORE_SUBMISSION and not packet.submitted:
            assert packet.due_at is not None, f"{packet.status} waits for nothing"
            assert packet.due_at <= packet.expires_at
        elif packet.status in DRIVEN_BY_WORKFLOW:
            assert packet.due_at is not None, f"{packet.status} is looked after by no one"
        elif packet.status in (S.NEEDS_REVIEW, S.ADVERSE_REVIEW):
            assert packet.review_reason is not None
            assert str(packet.reviews) in timers, "a review is not forgotten"
        elif packet.status in (S.CORRECTION_REQUESTED, S.AWAITING_SIGNATURE):
            assert str(packet.correction) in timers, "a correction is not forgotten"
        else:
            assert packet.status is S.CERTIFICATION_OPEN
            assert any(one.payload.get("what") == "courses" for one in pending), "courses are not forgotten"

    def _sealed_once(self, documents: list[Document]) -> None:
        """I4: what is sealed stays that seal of that generation."""
        for one in documents:
            if one.sealed_sha256 is not None:
                key = (one.packet_id, one.document_id, one.generation)
                assert self._sealed.setdefault(key, one.sealed_sha256) == one.sealed_sha256, f"{key} was sealed twice"

    def _one_open_each(self, stored: Stored) -> None:
        """I1."""
        places = Counter(
            (packet.agency.id, kind, value)
            for packet in stored.packets.values()
            if packet.status not in ENDED and packet.status is not S.ACTIVE
            for kind, value in (("email", packet.agent.email), ("npn", packet.agent.npn))
        )
        assert not [place for place, count in places.items() if count > 1], places

    def _executions(self, stored: Stored) -> None:
        """I3: named after packet and attempt, never ahead of the packet."""
        for name in self.play.executor.executions:
            packet_id, _, attempt = name.partition("-jit-")[0].rpartition("-")
            if "-jit-" in name:
                continue
            assert int(attempt) <= stored.packets[packet_id].attempt, f"no one asked for {name}"

    def _appointed_rightly(self) -> None:
        """I7: only after a clear check, only with a license, just in time only after a sale."""
        for order in self.play.world.outside.gateway.orders.values():
            packet_id, state = order["external_ref"].rsplit("-", 1)
            case = self.play.case(packet_id)
            assert case is not None
            assert case.cleared, f"{state} was asked before the check was clear"
            assert state not in self.play.world.outside.registry.without, f"{state} was asked without a license"
            assert state not in JUST_IN_TIME or state in case.sold, f"{state} was asked before a sale"

    def mailed_once(self, stored: Stored) -> None:
        """I6: every mail has its row, one that came twice is the same mail, and each needed a fault to do so."""
        rows = {one.reference for effects in stored.effects.values() for one in effects}
        mails: dict[str, set[str]] = defaultdict(set)
        sent = self.play.world.outside.post.sent
        for mail in sent:
            assert mail["reference"] in rows, f"{mail['reference']} is in no ledger"
            mails[mail["reference"]].add(json.dumps(mail, sort_keys=True))
        for reference, forms in mails.items():
            assert len(forms) == 1, f"{reference} came in two forms"
        assert len(sent) - len(mails) <= self.play.broken, "a mail came twice although nothing was broken"
        orders = [*self.play.world.outside.screening.orders, *self.play.world.outside.gateway.orders]
        assert set(orders) <= rows, "an order that is in no ledger"

    def hold_at_the_end(self) -> None:
        """What takes long to look at: the sealed bytes, where secrets lie, and that nothing is left hanging."""
        self.hold()
        stored = Stored()
        for packet in stored.packets.values():
            assert packet.status not in DRIVEN_BY_WORKFLOW, f"{packet.id} never left {packet.status} (I8)"
            assert packet.submitted or packet.status not in BEFORE_SUBMISSION, f"{packet.id} never expired (I8)"
            left = [
                one.id for one in stored.effects[packet.id] if one.done_at is None and one.kind is not EffectKind.WATCH
            ]
            assert not left, f"{packet.id} never did {left} (I8)"
            self._bytes(packet, stored.documents[packet.id])
        assert not self.play.executor.running(), "an execution sleeps for ever (I8)"
        self._no_secret_lies_about(stored)

    def _bytes(self, packet: Packet, documents: list[Document]) -> None:
        """I4: shown, frozen and sealed are one beginning, and every hash is that of the stored object."""
        case = self.play.case(packet.id)
        store = wiring.documents()
        for one in documents:
            if one.sealed_key is None or one.sealed_version is None:
                continue
            sealed = store.read(one.sealed_key, one.sealed_version)
            assert sha256(sealed).hexdigest() == one.sealed_sha256
            assert sha256(sealed[: one.size]).hexdigest() == one.sha256, f"{one.document_id} is not what was shown"
            if one.frozen_version is not None:
                assert case is not None
                assert case.shown[one.document_id] == one.sha256
                assert store.read(frozen_key(packet.id, one.sha256), one.frozen_version) == sealed[: one.size]

    def _no_secret_lies_about(self, stored: Stored) -> None:
        """I9."""
        world = self.play.world
        outgoing = [mail for mail in world.outside.post.sent if ".mail.temporary-password." not in mail["reference"]]
        history = [line for one in self.play.executor.executions.values() for line in one.history]
        places = {
            "table": json.dumps(stored.raw, default=str),
            "mails": json.dumps(outgoing),
            "histories": "\n".join(history),
            "addresses": json.dumps(world.calls),
            "orders": json.dumps([dict(one) for one in world.outside.gateway.orders.values()]),
            "feeds": json.dumps([dict(one) for one in world.outside.site.feeds.values()]),
        }
        leaked = found_in(*places.items())
        assert not leaked, leaked
        secrets = {"password": journey.PASSWORD, **self._codes()}
        found = [(what, place) for what, secret in secrets.items() for place, text in places.items() if secret in text]
        assert not found, found
        assert "tasktoken" not in places["mails"] + places["histories"] + places["addresses"]

    def _codes(self) -> dict[str, Any]:
        found = {}
        for case in self.play.cases:
            if case.cookie:
                found[f"session of {case.packet_id}"] = case.cookie
        return found
