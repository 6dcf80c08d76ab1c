"""What is stored so that only who may open it can read it."""

from __future__ import annotations

from econtracting.domain.record import Record


class SealedAnswers(Record):
    """One KMS-enveloped JSON document: data key wrapped by KMS, AES-256-GCM, all parts base64."""

    wrapped_key: str
    nonce: str
    ciphertext: str
