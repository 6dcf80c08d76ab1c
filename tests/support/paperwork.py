"""A made-up agent's answers and a sealing key, for the suites that render, seal and verify documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from moto import mock_aws

from econtracting.adapters import seal_certificate
from econtracting.domain.signing.documents import FieldBox, Mark, RenderedDocument

AT = datetime(2026, 11, 23, 16, 5, 12, tzinfo=UTC)
NAME = "Dana Quinn O’Neil-Nguyễn JR"

FACTS: dict[str, Any] = {
    "packet": {
        "id": "pkt_01hzx3k9v7q2m4n8p5r6s0t1w2",
        "type": "meridian",
        "version": "1.0",
        "level": "5",
        "generation": 1,
        "agency": {"id": "agy_1", "name": "Summit Ridge Insurance Group"},
        "recruiter": {"name": "Jordan Avery", "email": "jordan.avery@example.com", "phone": "+16155550100"},
        "states": [{"state": "TN", "type": "UP_FRONT"}, {"state": "NY", "type": "JUST_IN_TIME"}],
    },
    "carrier": {
        "name": "Meridian Health",
        "legal_name": "Meridian Health Insurance Company",
        "address": "400 Example Plaza, Nashville, TN 37203",
        "phone": "+16155550110",
        "email": "contracting@example.com",
        "co_code": "99999",
    },
    "answers": {
        "agent": {
            "first_name": "Dana",
            "middle_name": "Quinn",
            "no_middle_name": False,
            "last_name": "O’Neil-Nguyễn",
            "suffix": "JR",
            "ssn": "987-65-4320",
            "birth_date": "1984-07-09",
            "mobile_phone": "+16155550123",
            "business_phone": "+16155550124",
            "email": "dana@example.com",
            "npn": "15645555",
            "residential": {
                "line1": "12 Sample Street",
                "line2": "Apt 4",
                "city": "Nashville",
                "state": "TN",
                "postal_code": "37210",
                "county": "Davidson",
            },
        },
        "addresses": {
            "business": {
                "line1": "88 Demo Avenue",
                "line2": None,
                "city": "Nashville",
                "state": "TN",
                "postal_code": "37212",
            },
            "commission": None,
        },
        "online-presence": {
            "website": "https://dana.example.com",
            "facebook": "None",
            "linkedin": "None",
            "other": "None",
        },
        "background": {
            "questions": {
                "BQ1A": {"answer": False, "explanation": None, "attachments": []},
                "BQ4": {
                    "answer": True,
                    "explanation": "Disputed in 2019, settled.",
                    "attachments": ["letter.pdf"],
                    "amount_dollars": 1200,
                    "payment_plan": True,
                },
            }
        },
        "direct-deposit": {"eft": True},
    },
    "questions": [
        {"code": "BQ1A", "text": "Have you ever been convicted of a misdemeanor?"},
        {
            "code": "BQ4",
            "text": "Do you owe overdue state or federal tax?",
            "follow_ups": [
                {"name": "amount_dollars", "label": "Amount due, in whole dollars"},
                {"name": "payment_plan", "label": "Is a payment plan being arranged?"},
                {"name": "jurisdiction", "label": "To whom the tax is owed"},
            ],
        },
    ],
    "access_code": "K7Q-4MX",
}


def marks_for(rendered: RenderedDocument, style: str = "flowing") -> list[Mark]:
    """What the made-up agent puts into every field of a document."""
    return [mark_for(box, style) for box in rendered.fields]


def mark_for(box: FieldBox, style: str = "flowing") -> Mark:
    text = {"signature": NAME, "initials": "DQO", "date": "11-23-2026", "acknowledge": NAME}[box.kind]
    return Mark(box=box, text=text, style=style, signature_id="sig_7q2m4n8p5r", signed_at=AT)


@dataclass(frozen=True)
class SealingKey:
    kms: Any
    key_id: str
    certificate_pem: bytes


@contextmanager
def sealing_key() -> Iterator[SealingKey]:
    """A fresh P-256 key in an emulated KMS, with its self-signed certificate."""
    with mock_aws():
        kms = boto3.client("kms", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        yield new_key(kms)


def new_key(kms: Any) -> SealingKey:
    key_id = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["KeyId"]
    pem = seal_certificate.issue(
        kms,
        key_id,
        common_name="Meridian Health Document Seal",
        organization="Meridian Health",
        not_before=AT.replace(hour=0, minute=0, second=0),
    )
    return SealingKey(kms, key_id, pem)
