"""A made-up certificate of completion."""

from datetime import UTC, datetime
from hashlib import sha256

from econtracting.domain.signing.completion import (
    AdoptionFacts,
    CertificateFacts,
    CertifiedDocument,
    CertifiedPacket,
    ConsentFacts,
    LogFacts,
    Originator,
    SealFacts,
    Signer,
    TimelineEntry,
)


def _at(minute: int) -> datetime:
    return datetime(2026, 11, 23, 16, minute, 12, tzinfo=UTC)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


CERTIFICATE = CertificateFacts(
    packet=CertifiedPacket(
        id="pkt_01hzx3k9v7q2m4n8p5r6s0t1w2",
        type="meridian",
        version="1.0",
        generation=1,
        carrier="Meridian Health",
        status="SUBMITTED",
        created_at=_at(1),
        completed_at=_at(50),
        documents=16,
        pages=41,
        signatures=7,
        initials=1,
    ),
    originator=Originator(
        recruiter="Jordan Avery", agency="Summit Ridge Insurance Group", requested_from="203.0.113.7", sent_at=_at(2)
    ),
    documents=tuple(
        CertifiedDocument(
            code=code,
            title=title,
            mode="sign",
            version="1.0",
            pages=2,
            frozen_sha256=_hash(code),
            sealed_sha256=_hash(f"{code} sealed"),
        )
        for code, title in (("application", "Individual Agent Application"), ("w9", "Taxpayer Form"))
    ),
    signer=Signer(
        name="Dana Quinn O’Neil-Nguyễn JR",
        email="dana@example.com",
        npn="15645555",
        assurance="One factor: control of the invited mailbox",
        factors=("link and temporary password sent to the invited mailbox", "own password"),
        address="203.0.113.9",
        user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    ),
    consent=ConsentFacts(
        disclosure_version="2026-01",
        sha256=_hash("disclosure"),
        shown_at=_at(10),
        access_proof="A code printed in a PDF document, read there and typed back",
        access_document_sha256=_hash("access code"),
        access_proved_at=_at(11),
        accepted_at=_at(11),
        text="You may have these records on paper.\n\nYou may withdraw your consent.",
    ),
    adoption=AdoptionFacts(
        method="typed",
        style="flowing",
        signature_id="sig_7q2m4n8p5r",
        initials="DQO",
        at=_at(12),
        statement="I adopt this as my signature for all purposes.",
    ),
    timeline=tuple(
        TimelineEntry(at=_at(minute), what=what)
        for minute, what in ((1, "Invitation requested"), (11, "Consent given"), (40, "Finished"))
    ),
    seal=SealFacts(
        level="B-B",
        key_id="1234abcd-12ab-34cd-56ef-1234567890ab",
        certificate_subject="CN=Meridian Health Document Seal, O=Meridian Health, C=US",
        certificate_issuer="CN=Meridian Health Document Seal, O=Meridian Health, C=US",
        certificate_sha256=_hash("certificate"),
    ),
    log=LogFacts(first_seq=1, last_seq=44, head=_hash("head")),
)
