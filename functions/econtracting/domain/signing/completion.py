"""The certificate of completion: who signed what, when, and what proves it.

The same facts are printed on the certificate and attached to it as canonical JSON: a machine reads what a person reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Self

from econtracting.domain.audit import canonical
from econtracting.domain.days import Here, at_zone
from econtracting.domain.moment import Moment, iso
from econtracting.domain.record import Record
from econtracting.domain.signing.documents import Mode, SealLevel
from econtracting.domain.signing.signing import AdoptionMethod


class CertifiedPacket(Record):
    id: str
    type: str
    version: str
    generation: int
    carrier: str
    status: str
    created_at: Moment
    completed_at: Moment
    time_zone: str = "UTC"  # the signer's, in which the certificate shows its times
    completed_on: date | None = None  # the signer's day
    documents: int
    pages: int
    signatures: int
    initials: int


class Originator(Record):
    """Who sent the packet. Delivery times come from the mail service and may be unknown."""

    recruiter: str
    agency: str
    requested_from: str | None = None
    sent_at: Moment | None = None
    delivered_at: Moment | None = None


class CertifiedDocument(Record):
    """``sealed_sha256`` is None for a document that is frozen but never sealed."""

    code: str
    title: str
    mode: Mode
    version: str
    pages: int
    frozen_sha256: str
    sealed_sha256: str | None = None


class Signer(Record):
    """``assurance`` is the level of identity actually reached, ``factors`` what it rests on; never rounded up."""

    name: str
    email: str
    npn: str | None = None
    assurance: str
    factors: tuple[str, ...]
    address: str | None = None
    user_agent: str | None = None


class ConsentFacts(Record):
    disclosure_version: str
    language: str = "en-US"
    sha256: str
    shown_at: Moment | None = None
    access_proof: str
    access_document_sha256: str | None = None
    access_proved_at: Moment | None = None
    accepted_at: Moment
    text: str


class AdoptionFacts(Record):
    method: AdoptionMethod
    style: str
    signature_id: str
    initials: str
    at: Moment
    image_sha256: str | None = None
    statement: str


class TimelineEntry(Record):
    at: Moment
    what: str
    detail: str = ""


class SealFacts(Record):
    """``timestamp_authority`` None means that times come from the platform's clock and the chained audit trail."""

    level: SealLevel
    key_id: str
    certificate_subject: str
    certificate_issuer: str
    certificate_sha256: str
    timestamp_authority: str | None = None


class LogFacts(Record):
    """The audit trail up to the moment the certificate was written."""

    first_seq: int
    last_seq: int
    head: str
    checkpoint: str | None = None


class CertificateFacts(Record):
    """`local` tells of each time above how the signer's clocks showed it, with its offset; empty if unknown."""

    packet: CertifiedPacket
    originator: Originator
    documents: tuple[CertifiedDocument, ...]
    signer: Signer
    consent: ConsentFacts
    adoption: AdoptionFacts
    timeline: tuple[TimelineEntry, ...]
    seal: SealFacts
    log: LogFacts
    local: dict[str, str] = {}

    @property
    def _times(self) -> Iterator[datetime]:
        yield from (self.packet.created_at, self.packet.completed_at, self.consent.accepted_at, self.adoption.at)
        yield from (entry.at for entry in self.timeline)
        may_be_unknown = (
            self.originator.sent_at,
            self.originator.delivered_at,
            self.consent.shown_at,
            self.consent.access_proved_at,
        )
        yield from (at for at in may_be_unknown if at is not None)

    def shown_in(self, here: Here, acts: Mapping[datetime, Here]) -> Self:
        """With every time as the signer's clocks showed it: where the signer was then, or else would be at the end."""
        shown = {
            iso(at): (acts[at].local(at) if at in acts else at_zone(at, here.zone)).isoformat(timespec="seconds")
            for at in self._times
        }
        return self.model_copy(update={"local": shown})

    def twin(self) -> bytes:
        """The canonical JSON that is attached to the certificate."""
        return canonical(self.model_dump(mode="json"))

    @property
    def sha256(self) -> str:
        """Lower-case hex digest of the JSON twin."""
        return hashlib.sha256(self.twin()).hexdigest()
