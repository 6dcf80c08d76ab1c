"""Electronic records: the disclosure, proof of access, consent, its withdrawal, and copies on paper.

Source: ESIGN, 15 U.S.C. 7001(c)(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from econtracting import ports
from econtracting.domain.access.access import fingerprint
from econtracting.domain.audit import Actor, Event, EventType
from econtracting.domain.callers import Request
from econtracting.domain.errors import (
    ConsentRequired,
    InvalidRequest,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from econtracting.domain.outbox import Letter
from econtracting.domain.packet import AFTER_SUBMISSION, Acceptance, Packet, Status
from econtracting.domain.signing.signing import Disclosure
from econtracting.ports import Change
from econtracting.usecases.commit import review
from econtracting.usecases.commit.endings import close
from econtracting.usecases.commit.lifecycle import attention
from econtracting.usecases.signing.ceremony import PacketTypes, ordered, require_frozen
from econtracting.usecases.signing.preparing import access_code_key

LANGUAGE = "en-US"
ENDS = "This electronic packet has ended. The contracting department sends you the packet on paper."
STANDS = "What you signed stands. From now on we send you records on paper, free of charge."
CORRECTED_ON_PAPER = "What you signed before stands. The contracting department sends you the correction on paper."


def consent_view(
    *, packets: ports.Packets, packet_types: PacketTypes, clock: ports.Clock, packet_id: str, actor: Actor
) -> dict[str, Any]:
    """The disclosure as it must be read before consent. That it was first shown is recorded with its time."""
    now = clock.now()

    def decide(packet: Packet) -> Change | None:
        require_frozen(packet)
        text = packet_types(packet.type).disclosure
        before = packets.find(Disclosure, packet_id)
        if packet.status is not Status.AWAITING_SIGNATURE or (before and before.version == text.version):
            return None
        data = {"version": text.version, "sha256": _hash(text.text), "language": LANGUAGE}
        event = Event(type=EventType.DISCLOSURE_SHOWN, at=now, actor=actor, data=data)
        return Change(
            packet, events=[event], puts=[Disclosure(packet_id=packet_id, version=text.version, shown_at=now)]
        )

    packet = packets.change(packet_id, decide).packet
    definition = packet_types(packet.type)
    text, shown = definition.disclosure, packets.find(Disclosure, packet_id)
    return {
        "disclosure_version": text.version,
        "language": LANGUAGE,
        "title": text.title,
        "disclosure": text.text,
        "sha256": _hash(text.text),
        "company": definition.carrier.model_dump(include={"name", "address", "phone", "email"}),
        "withdraw_consequence": ENDS,
        "access_code_document": "/packet/consent/access-code",
        "shown_at": shown.shown_at if shown else None,
        "accepted_at": packet.consent.at if packet.consent else None,
    }


def access_code_document(*, packets: ports.Packets, documents: ports.DocumentStore, packet_id: str) -> bytes:
    packet = packets.load(packet_id)
    require_frozen(packet)
    if packet.access_code is None:
        raise NotFound("There is no access code for this packet.", code="document-not-found")
    return documents.read(access_code_key(packet_id, packet.access_code.sha256))


def consent(
    *,
    packets: ports.Packets,
    packet_types: PacketTypes,
    clock: ports.Clock,
    packet_id: str,
    disclosure_version: str,
    access_code: str,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Consent to electronic records, with the code that shows the person can open them.

    Source: ESIGN, 15 U.S.C. 7001(c)(1)(C)(ii). Raises StaleVersion for another text than the one that is shown,
    InvalidRequest for a wrong code.
    """
    now = clock.now()
    answer = {"consented": True}

    def decide(packet: Packet) -> Change | None:
        if packet.status is not Status.AWAITING_SIGNATURE:
            raise InvalidTransition(status=packet.status.value)
        text = packet_types(packet.type).disclosure
        if packet.consent is not None and packet.consent.version == text.version:
            return None
        shown = packets.find(Disclosure, packet_id)
        if disclosure_version != text.version or shown is None or shown.version != text.version:
            raise StaleVersion("Please read the disclosure as it is now.", current_version=text.version)
        code = access_code.replace("-", "").replace(" ", "").upper()
        if packet.access_code is None or fingerprint(code) != packet.access_code.fingerprint:
            message = "This is not the code printed in the document. Open the document and type the code it shows."
            raise InvalidRequest(errors=[{"field": "access_code", "rule": "access-code", "message": message}])
        given = Acceptance(
            version=text.version,
            sha256=_hash(text.text),
            at=now,
            address=actor.address,
            user_agent=actor.user_agent,
        )
        proof = packet.access_code.sha256
        data = {"version": given.version, "sha256": given.sha256, "language": LANGUAGE, "access_proof": proof}
        events = [
            Event(type=EventType.DISCLOSURE_ACCESS_PROVED, at=now, actor=actor, data={"document": proof}),
            Event(type=EventType.DISCLOSURE_ACCEPTED, at=now, actor=actor, data=data),
        ]
        proved = shown.model_copy(update={"access_proved_at": now})
        return Change(packet.having(consent=given), events=events, puts=[proved], answer=answer)

    packets.change(packet_id, decide, request)
    return answer


def withdraw_consent(
    *, packets: ports.Packets, clock: ports.Clock, packet_id: str, reason: str, actor: Actor
) -> dict[str, Any]:
    """Before finishing this ends the electronic packet; afterwards it holds for future records, and what is signed
    stands. The answer states the consequence. Raises ConsentRequired when there is nothing to withdraw.
    """
    now = clock.now()

    def decide(packet: Packet) -> Change:
        if packet.consent is None:
            raise ConsentRequired("There is no consent to withdraw.")
        event = Event(type=EventType.DISCLOSURE_WITHDRAWN, at=now, actor=actor, data={"reason": reason[:500]})
        after = packet.having(consent=None)
        if packet.status in AFTER_SUBMISSION:
            told = attention(packet, "CONSENT_WITHDRAWN", now)
            answer = {"status": packet.status.value, "consequence": STANDS}
            return Change(after, events=[event], effects=[told], answer=answer)
        if packet.submitted:
            change = review.handed_over(after, "CONSENT_WITHDRAWN", now, actor=actor)
            answer = {"status": change.packet.status.value, "consequence": CORRECTED_ON_PAPER}
            return replace(change, events=[event, *change.events], answer=answer)
        change = close(packets, after, Status.DECLINED, now, event, letters=[(Letter.DECLINED, {})])
        return replace(change, answer={"status": Status.DECLINED.value, "consequence": ENDS})

    answer: dict[str, Any] = packets.change(packet_id, decide).answer
    return answer


def request_paper(
    *,
    packets: ports.Packets,
    clock: ports.Clock,
    packet_id: str,
    document_ids: Sequence[str] | None,
    actor: Actor,
    request: Request | None,
) -> dict[str, Any]:
    """Ask for copies on paper, of all documents unless some are named; the contracting department is told.

    Source: ESIGN, 15 U.S.C. 7001(c)(1)(B)(iv). Raises NotFound for a document the packet does not have.
    """
    now = clock.now()

    def decide(packet: Packet) -> Change:
        require_frozen(packet)
        known = [document.document_id for document in ordered(packets, packet_id)]
        wanted = list(dict.fromkeys(document_ids)) if document_ids else known
        if not set(wanted) <= set(known):
            raise NotFound("This packet has no such document.", code="document-not-found")
        event = Event(type=EventType.PAPER_COPIES_REQUESTED, at=now, actor=actor, data={"documents": wanted})
        answer = {"documents": wanted, "fee": "none"}
        return Change(packet, events=[event], effects=[attention(packet, "PAPER_COPIES", now)], answer=answer)

    answer: dict[str, Any] = packets.change(packet_id, decide, request).answer
    return answer


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
