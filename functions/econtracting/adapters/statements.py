"""Short statements signed by the KMS key that seals; what only signs those needs no documents layer.

``MessageType=RAW`` always: KMS hashes the message itself. That limits a message to 4,096 bytes; what is signed (the
signed attributes of a seal, a certificate's body, a checkpoint, a head) stays far below.
"""

from __future__ import annotations

import hashlib
import ssl
from typing import Any

from econtracting.adapters.failures import translated
from econtracting.domain.signing.documents import SealRefused

SIGNING_ALGORITHM = "ECDSA_SHA_256"
RAW_LIMIT = 4096
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"


def sign_raw(kms: Any, key_id: str, message: bytes) -> bytes:
    """A DER-encoded ECDSA P-256 signature over SHA-256 of the message.

    Raises SealRefused for a message KMS would not take, Unavailable when KMS does not answer.
    """
    if len(message) > RAW_LIMIT:
        raise SealRefused("The message is longer than the key service signs.")
    answer = translated(kms.sign)(KeyId=key_id, Message=message, MessageType="RAW", SigningAlgorithm=SIGNING_ALGORITHM)
    return bytes(answer["Signature"])


def fingerprint(certificate_pem: bytes) -> str:
    """SHA-256 of a PEM file's first certificate, lower-case hex. Raises ValueError when there is none."""
    begin, end = certificate_pem.find(_BEGIN), certificate_pem.find(_END)
    if begin < 0 or end < begin:
        raise ValueError("not a PEM certificate")
    der = ssl.PEM_cert_to_DER_cert(certificate_pem[begin : end + len(_END)].decode())
    return hashlib.sha256(der).hexdigest()


class KmsStatements:
    """Signs statements in the name of the sealing certificate."""

    def __init__(self, kms: Any, key_id: str, certificate_pem: bytes) -> None:
        self._kms = kms
        self._key_id = key_id
        self._fingerprint = fingerprint(certificate_pem)

    def certificate_sha256(self) -> str:
        return self._fingerprint

    def sign(self, statement: bytes) -> bytes:
        return sign_raw(self._kms, self._key_id, statement)
