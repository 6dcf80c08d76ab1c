"""The license registry is asked about the person: at once where the answers are in the clear, later where not.

An outage never holds up the agent: what could not be asked is to be verified, by an effect that comes back until the
registry answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from econtracting import ports
from econtracting.domain.appointing.appointments import Licenses
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import InvalidRequest, InvalidTransition, NotFound, Unavailable
from econtracting.domain.fields.names import as_filed
from econtracting.domain.interview.answers import Section
from econtracting.domain.interview.interview import SectionResult
from econtracting.domain.interview.verification import (
    IDENTITY,
    NAMES,
    SECRETS,
    Verification,
    asked_in,
    can_be_asked,
    differences,
    identity,
)
from econtracting.domain.outbox import Effect, VerifyIdentity, verify_identity
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.ports import Change
from econtracting.usecases.interview.answering import require_agreement
from econtracting.usecases.interview.opening import Opening
from econtracting.views.interview import IdentityView
from econtracting.views.remarks import RemarkView

REGISTRY = Actor(kind="vendor", id="license-registry")
VERIFIER = Actor(kind="system", id="verify-identity")


class Save(NamedTuple):
    """A section as it stood and as it stands now, and what was read of the answers."""

    before: Section | None
    after: Section
    result: SectionResult


class Verified(NamedTuple):
    """What a save means for the verification: how it stands, and what has to be written with it."""

    verification: Verification | None
    puts: tuple[Verification, ...] = ()
    events: tuple[Event, ...] = ()
    effects: tuple[Effect, ...] = ()


class Asking:
    """One asking of the registry, however often the decision around it has to be taken again."""

    def __init__(self, registry: ports.LicenseRegistry, clock: ports.Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._told: tuple[dict[str, Any], dict[str, bool] | None, Licenses | None] | None = None

    def about(self, known: dict[str, Any]) -> tuple[dict[str, bool] | None, Licenses | None]:
        """Which parts of the identity agree, and the licenses; None for what cannot be told now."""
        if self._told is None or self._told[0] != known:
            self._told = (known, *self._ask(known))
        return self._told[1:]

    def _ask(self, known: dict[str, Any]) -> tuple[dict[str, bool] | None, Licenses | None]:
        try:
            matches = compare(self._registry, known)
            return matches, licenses_of(self._registry, known["npn"], self._clock.now())
        except (Unavailable, InvalidRequest):
            return None, None


def compare(registry: ports.LicenseRegistry, known: Mapping[str, Any]) -> dict[str, bool]:
    """Which of npn, ssn, birth_date and name agree. The registry is sent these and nothing else. Raises Unavailable."""
    asked: dict[str, Any] = {meaning: known.get(meaning) for meaning in IDENTITY if meaning != "npn"}
    asked |= {meaning: as_filed(asked[meaning]) for meaning in NAMES if asked[meaning]}
    return registry.identity(known["npn"], asked)


def licenses_of(registry: ports.LicenseRegistry, npn: str, now: datetime) -> Licenses:
    """The licenses under an NPN; none for an unknown one. Raises Unavailable."""
    return registry.licenses(npn) or Licenses(npn=npn, first_name="", last_name="", as_of=now, licenses=())


def is_asked_in(definition: PacketType, section: str) -> bool:
    return bool(asked_in(definition.interview, section))


def after_save(
    packets: ports.Packets,
    asking: Asking,
    definition: PacketType,
    saved: Mapping[str, Section],
    save: Save,
    now: datetime,
) -> Verified:
    """How the identity stands once a section is saved.

    An answer of the registry stays only while nothing of the identity changes; a kept SSN with another name or NPN is
    to be verified again, where it may be opened.
    """
    before, after, result = save
    standing = packets.find(Verification, after.packet_id)
    if not is_asked_in(definition, after.name):
        return Verified(standing)
    changed = _changed(definition, before, after, result)
    if not changed and standing is not None and standing.matches is not None and standing.licenses is not None:
        return Verified(standing)
    if not result.complete and not (changed and standing):
        return Verified(standing)
    answers = {name: one.public for name, one in saved.items()} | {after.name: {**result.public, **result.sensitive}}
    known = identity(definition.interview, answers)
    matches, licenses = asking.about(known) if result.complete and can_be_asked(known) else (None, None)
    verification = Verification(
        packet_id=after.packet_id,
        round=standing.round + 1 if standing else 1,
        matches=matches,
        licenses=licenses,
        checked_at=now if matches is not None else None,
    )
    if matches is not None:
        return Verified(verification, (verification,), (_checked(verification, now),))
    effects = (_verify(verification, now),) if result.complete and "npn" in known else ()
    return Verified(verification, (verification,), (), effects)


@dataclass(frozen=True)
class Verifying:
    """Asking where answers may be opened."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    envelope: ports.Envelope
    registry: ports.LicenseRegistry
    clock: ports.Clock

    def verify(self, effect: Effect) -> None:
        """Ask about a packet's identity. Raises Unavailable: the effect comes back."""
        packets = self.packets
        packet = packets.load(effect.packet_id)
        standing = packets.find(Verification, packet.id)
        if packet.ended or packet.npn is None or not _awaits(standing, effect):
            return
        # First, so that nothing is opened during an outage.
        licenses = licenses_of(self.registry, packet.npn, self.clock.now())
        opened = Opening(packets, self.packet_types, self.envelope, self.clock).open_answers(
            packet.id, VERIFIER, "identity-check", SECRETS
        )
        known = identity(self.packet_types(packet.type).interview, opened.answers)
        if not can_be_asked(known):
            return
        matches = compare(self.registry, known)
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            current = packets.find(Verification, packet.id)
            if current is None or not _awaits(current, effect):
                return None
            after = current.answer(matches, licenses, now)
            return Change(packet, events=[_checked(after, now)], puts=[after])

        packets.change(packet.id, decide)


@dataclass(frozen=True)
class Identity:
    """How the registry's comparison stands, and what the agent says to it."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    clock: ports.Clock

    def keep(self, agent: Agent, fields: Iterable[str]) -> IdentityView:
        """The agent looked at differences and stands by the answers. `fields` are their paths, section first.

        Raises NotFound without a verification, InvalidRequest for a field the registry does not differ on,
        InvalidTransition once the packet has ended.
        """
        now = self.clock.now()
        wanted = sorted(set(fields))

        def decide(packet: Packet) -> Change | None:
            definition = self.packet_types(packet.type)
            require_agreement(packet, definition)
            if packet.ended:
                raise InvalidTransition(status=packet.status.value)
            standing = self._standing(packet)
            found = [one.field for one in differences(definition.interview, standing.keep(()))]
            paths = dict(zip(standing.mismatches, found, strict=True))
            unknown = [one for one in wanted if one not in found]
            if unknown:
                message = "The license registry does not show a difference here."
                rows = [{"field": one, "rule": "no-mismatch", "message": message} for one in unknown]
                raise InvalidRequest(errors=rows)
            kept = tuple(what for what, path in paths.items() if path in wanted or what in standing.kept)
            if kept == standing.kept:
                return None
            data = {"fields": wanted}
            event = Event(type=EventType.IDENTITY_MISMATCH_KEPT, at=now, actor=agent.actor, data=data)
            return Change(packet, events=[event], puts=[standing.keep(kept)])

        self.packets.change(agent.packet_id, decide)
        return self.view(agent)

    def view(self, agent: Agent) -> IdentityView:
        """How the registry's comparison stands. Raises NotFound while there is nothing to compare."""
        packet = self.packets.load(agent.packet_id)
        definition = self.packet_types(packet.type)
        require_agreement(packet, definition)
        standing = self._standing(packet)
        found = differences(definition.interview, standing)
        return IdentityView(
            verification=standing.standing,
            checked_at=standing.checked_at,
            differences=[RemarkView(**one.model_dump()) for one in found],
        )

    def _standing(self, packet: Packet) -> Verification:
        """Raises NotFound."""
        standing = self.packets.find(Verification, packet.id)
        if standing is None:
            raise NotFound("The license registry was not asked yet.", code="verification-not-found")
        return standing


def _changed(definition: PacketType, before: Section | None, after: Section, result: SectionResult) -> bool:
    if before is None:
        return True
    mine = asked_in(definition.interview, after.name)
    return any(
        field in result.sensitive
        or before.public.get(field) != after.public.get(field)
        or (field in before.masked) != (field in after.masked)
        for field in mine
    )


def _awaits(standing: Verification | None, effect: Effect) -> bool:
    return (
        standing is not None
        and standing.round == effect.asks_for(VerifyIdentity).round
        and (standing.matches is None or standing.licenses is None)
    )


def _verify(verification: Verification, now: datetime) -> Effect:
    return verify_identity(verification.packet_id, verification.round, now)


def _checked(verification: Verification, now: datetime) -> Event:
    data = {"round": verification.round, "matches": verification.matches}
    return Event(type=EventType.IDENTITY_CHECKED, at=now, actor=REGISTRY, data=data)
