"""Seals' signatures by a KMS key that never leaves KMS."""

from __future__ import annotations

from typing import Any

from asn1crypto import algos, x509
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from econtracting.adapters.statements import sign_raw
from econtracting.domain.signing.documents import SealRefused

_LARGEST_SIGNATURE = 72  # DER of two 256-bit integers


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
