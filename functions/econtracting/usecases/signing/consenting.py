"""Electronic records: the disclosure, proof of access, consent, its withdrawal, and copies on paper.

Source: ESIGN, 15 U.S.C. 7001(c)(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from econtracting import ports
from econtracting.domain.access.access import fingerprint
from econtracting.domain.audit import Event, EventType
from econtracting.domain.callers import Agent
from econtracting.domain.errors import (
    ConsentRequired,
    InvalidRequest,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from econtracting.domain.fields import characters
from econtracting.domain.outbox import Letter
from econtracting.domain.packet import AFTER_SUBMISSION, Acceptance, Packet, Status
from econtracting.domain.signing.signing import Disclosure
from econtracting.ports import Change
from econtracting.usecases.commit import review
from econtracting.usecases.commit.endings import close
from econtracting.usecases.commit.lifecycle import attention
from econtracting.usecases.commit.standing import as_agent_sees
from econtracting.usecases.interview.answering import here_of
from econtracting.usecases.signing.ceremony import documents_of, require_frozen
from econtracting.usecases.signing.preparing import access_code_key
from econtracting.views.base import reading_of
from econtracting.views.signing import CompanyView, ConsentedView, ConsentView, PaperCopiesView, WithdrawnConsentView

LANGUAGE = "en-US"
ENDS = "This electronic packet has ended. The contracting department sends you the packet on paper."
STANDS = "What you signed stands. From now on we send you records on paper, free of charge."
CORRECTED_ON_PAPER = "What you signed before stands. The contracting department sends you the correction on paper."


@dataclass(frozen=True)
class Consenting:
    """The agent's way into electronic records, and out of them."""

    packets: ports.Packets
    packet_types: ports.PacketTypes
    documents: ports.DocumentStore
    clock: ports.Clock

    def disclosure(self, agent: Agent) -> ConsentView:
        """The disclosure as it must be read before consent. That it was first shown is recorded with its time."""
        now = self.clock.now()

        def decide(packet: Packet) -> Change | None:
            require_frozen(packet)
            text = self.packet_types(packet.type).disclosure
            before = self.packets.find(Disclosure, packet.id)
            if packet.status is not Status.AWAITING_SIGNATURE or (before and before.version == text.version):
                return None
            data = {"version": text.version, "sha256": _hash(text.text), "language": LANGUAGE}
            event = Event(type=EventType.DISCLOSURE_SHOWN, at=now, actor=agent.actor, data=data)
            shown = Disclosure(packet_id=packet.id, version=text.version, shown_at=now)
            return Change(packet, events=[event], puts=[shown])

        packet = self.packets.change(agent.packet_id, decide).packet
        definition = self.packet_types(packet.type)
        text, carrier = definition.disclosure, definition.carrier
        shown = self.packets.find(Disclosure, packet.id)
        return ConsentView(
            disclosure_version=text.version,
            language=LANGUAGE,
            title=text.title,
            disclosure=text.text,
            sha256=_hash(text.text),
            company=CompanyView(name=carrier.name, address=carrier.address, phone=carrier.phone, email=carrier.email),
            reading=reading_of(text.text),
            withdraw_consequence=ENDS,
            access_code_document="/packet/consent/access-code",
            shown_at=shown.shown_at if shown else None,
            accepted_at=packet.consent.at if packet.consent else None,
        )

    def access_code_document(self, agent: Agent) -> bytes:
        """The PDF with the code to type back. Raises InvalidTransition, NotFound."""
        packet = self.packets.load(agent.packet_id)
        require_frozen(packet)
        if packet.access_code is None:
            raise NotFound("There is no access code for this packet.", code="document-not-found")
        return self.documents.read(access_code_key(packet.id, packet.access_code.sha256))

    def consent(self, agent: Agent, disclosure_version: str, access_code: str) -> ConsentedView:
        """Consent to electronic records, with the code that shows the person can open them.

        Source: ESIGN, 15 U.S.C. 7001(c)(1)(C)(ii). Raises StaleVersion for another text than the one that is shown,
        InvalidRequest for a wrong code.
        """
        now, actor, answer = self.clock.now(), agent.actor, ConsentedView()

        def decide(packet: Packet) -> Change | None:
            if packet.status is not Status.AWAITING_SIGNATURE:
                raise InvalidTransition(status=packet.status.value)
            text = self.packet_types(packet.type).disclosure
            if packet.consent is not None and packet.consent.version == text.version:
                return None
            shown = self.packets.find(Disclosure, packet.id)
            if disclosure_version != text.version or shown is None or shown.version != text.version:
                raise StaleVersion("Please read the disclosure as it is now.", current_version=text.version)
            proof = _access_proof(packet, access_code)
            given = Acceptance(
                version=text.version,
                sha256=_hash(text.text),
                at=now,
                address=actor.address,
                user_agent=actor.user_agent,
            )
            data = {"version": given.version, "sha256": given.sha256, "language": LANGUAGE, "access_proof": proof}
            data |= here_of(self.packets, self.packet_types, packet, agent, now).told()
            events = [
                Event(type=EventType.DISCLOSURE_ACCESS_PROVED, at=now, actor=actor, data={"document": proof}),
                Event(type=EventType.DISCLOSURE_ACCEPTED, at=now, actor=actor, data=data),
            ]
            return Change(packet.give_consent(given), events=events, puts=[shown.prove_access(now)], answer=answer)

        self.packets.change(agent.packet_id, decide, agent.request)
        return answer

    def withdraw(self, agent: Agent, reason: str) -> WithdrawnConsentView:
        """Before finishing this ends the electronic packet; afterward it holds for future records, and what is signed
        stands. The answer states the consequence. Raises ConsentRequired when there is nothing to withdraw.
        """
        now, actor = self.clock.now(), agent.actor

        def decide(packet: Packet) -> Change:
            if packet.consent is None:
                raise ConsentRequired("There is no consent to withdraw.")
            event = Event(type=EventType.DISCLOSURE_WITHDRAWN, at=now, actor=actor, data={"reason": reason[:500]})
            after = packet.withdraw_consent()
            if packet.status in AFTER_SUBMISSION:
                told = attention(packet, "CONSENT_WITHDRAWN", now)
                return Change(
                    after,
                    events=[event],
                    effects=[told],
                    answer=_consequence(as_agent_sees(self.packets, after), STANDS),
                )
            if packet.submitted:
                change = review.handed_over(after, "CONSENT_WITHDRAWN", now, actor=actor)
                answer = _consequence(change.packet, CORRECTED_ON_PAPER)
                return replace(change, events=[event, *change.events], answer=answer)
            change = close(self.packets, after, Status.DECLINED, now, event, letters=[(Letter.DECLINED, {})])
            return replace(change, answer=_consequence(change.packet, ENDS))

        return WithdrawnConsentView.again(self.packets.change(agent.packet_id, decide, agent.request).answer)

    def request_paper(self, agent: Agent, document_ids: Sequence[str] | None) -> PaperCopiesView:
        """Ask for copies on paper, of all documents unless some are named; the contracting department is told.

        Source: ESIGN, 15 U.S.C. 7001(c)(1)(B)(iv). Raises NotFound for a document the packet does not have.
        """
        now = self.clock.now()

        def decide(packet: Packet) -> Change:
            require_frozen(packet)
            known = [document.document_id for document in documents_of(self.packets, packet.id)]
            wanted = list(dict.fromkeys(document_ids)) if document_ids else known
            if not set(wanted) <= set(known):
                raise NotFound("This packet has no such document.", code="document-not-found")
            data = {"documents": wanted}
            event = Event(type=EventType.PAPER_COPIES_REQUESTED, at=now, actor=agent.actor, data=data)
            told, answer = attention(packet, "PAPER_COPIES", now), PaperCopiesView(documents=wanted)
            return Change(packet, events=[event], effects=[told], answer=answer)

        return PaperCopiesView.again(self.packets.change(agent.packet_id, decide, agent.request).answer)


def _access_proof(packet: Packet, typed: str) -> str:
    """The hash of the document whose code was typed back. Raises InvalidRequest for another code."""
    code = characters.code(typed).replace("-", "").replace(" ", "").upper()
    if packet.access_code is None or fingerprint(code) != packet.access_code.fingerprint:
        message = "This is not the code printed in the document. Open the document and type the code it shows."
        raise InvalidRequest(errors=[{"field": "access_code", "rule": "access-code", "message": message}])
    return packet.access_code.sha256


def _consequence(after: Packet, consequence: str) -> WithdrawnConsentView:
    return WithdrawnConsentView(status=after.status, consequence=consequence)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
