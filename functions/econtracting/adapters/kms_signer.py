"""Signatures by a KMS key that never leaves KMS.

``MessageType=RAW`` always: KMS hashes the message itself. That limits a message to 4,096 bytes; what is signed here
(the signed attributes of a seal, a certificate's body, a checkpoint) stays far below.
"""

from __future__ import annotations

from typing import Any

from asn1crypto import algos, x509
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from econtracting.adapters.failures import translated
from econtracting.domain.signing.documents import SealRefused

SIGNING_ALGORITHM = "ECDSA_SHA_256"
RAW_LIMIT = 4096
_LARGEST_SIGNATURE = 72  # DER of two 256-bit integers


def sign_raw(kms: Any, key_id: str, message: bytes) -> bytes:
    """A DER-encoded ECDSA P-256 signature over SHA-256 of the message.

    Raises SealRefused for a message KMS would not take, Unavailable when KMS does not answer.
    """
    if len(message) > RAW_LIMIT:
        raise SealRefused("The message is longer than the key service signs.")
    answer = translated(kms.sign)(KeyId=key_id, Message=message, MessageType="RAW", SigningAlgorithm=SIGNING_ALGORITHM)
    return bytes(answer["Signature"])


class KmsSigner(Signer):
    """Signs CMS attributes for pyHanko through KMS."""

    def __init__(self, kms: Any, key_id: str, certificate: x509.Certificate, chain: list[x509.Certificate]) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple(chain)
        super().__init__(
            signing_cert=certificate,
            cert_registry=registry,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            embed_roots=True,
        )
        self._kms = kms
        self._key_id = key_id

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise SealRefused("The sealing key signs SHA-256 only.")
        return bytes(_LARGEST_SIGNATURE) if dry_run else sign_raw(self._kms, self._key_id, data)
