"""The sealing key's certificate: issued over the key in KMS, and checked against it before anything is sealed.

A certificate we sign ourselves proves integrity and origin by our key; readers call its signer unknown until the
certificate is trusted there. A certificate bought from a trusted authority is configured in its place.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import algos, core, keys, pem, x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509 import load_der_x509_certificate

from econtracting.adapters.failures import translated
from econtracting.adapters.statements import sign_raw
from econtracting.domain.signing.documents import SealRefused

EXPIRY_WARNING = timedelta(days=60)
_SIGNATURE = {"algorithm": "sha256_ecdsa"}


def issue(
    kms: Any,
    key_id: str,
    *,
    common_name: str,
    organization: str,
    country: str = "US",
    not_before: datetime,
    valid_for: timedelta = timedelta(days=3 * 365),
) -> bytes:
    """A self-signed PEM certificate for the key, its body signed by the key itself.

    The key usage is digital signature and content commitment, as a document signer's must be.
    """
    public = keys.PublicKeyInfo.load(_public_key(kms, key_id))
    name = x509.Name.build({"country_name": country, "organization_name": organization, "common_name": common_name})
    identifier = public.sha1
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(159) | 1,
            "signature": algos.SignedDigestAlgorithm(_SIGNATURE),
            "issuer": name,
            "validity": {
                "not_before": x509.Time("utc_time", _whole(not_before)),
                "not_after": x509.Time("utc_time", _whole(not_before + valid_for)),
            },
            "subject": name,
            "subject_public_key_info": public,
            "extensions": [
                {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}},
                {
                    "extn_id": "key_usage",
                    "critical": True,
                    "extn_value": {"digital_signature", "non_repudiation"},
                },
                {"extn_id": "key_identifier", "extn_value": core.OctetString(identifier)},
                {"extn_id": "authority_key_identifier", "extn_value": {"key_identifier": identifier}},
            ],
        }
    )
    certificate = x509.Certificate(
        {
            "tbs_certificate": body,
            "signature_algorithm": algos.SignedDigestAlgorithm(_SIGNATURE),
            "signature_value": sign_raw(kms, key_id, body.dump()),
        }
    )
    return pem.armor("CERTIFICATE", certificate.dump())


def load(certificate_pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, the signer's first. Raises SealRefused when there is none."""
    try:
        found = [
            x509.Certificate.load(der) for kind, _, der in pem.unarmor(certificate_pem, True) if kind == "CERTIFICATE"
        ]
    except ValueError as error:
        raise SealRefused("The seal's certificate cannot be read.") from error
    if not found:
        raise SealRefused("There is no certificate for the seal.")
    return found


def key_matches_certificate(kms: Any, key_id: str, certificate_pem: bytes) -> bool:
    """Whether the key in KMS is the one the certificate speaks of. Raises Unavailable when KMS does not answer."""
    certified = load_der_public_key(load(certificate_pem)[0].public_key.dump())
    return certified.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == _public_key(kms, key_id)


def require_usable(kms: Any, key_id: str, certificate_pem: bytes) -> None:
    """The self-test before sealing. Raises SealRefused when a seal made now could never verify."""
    if not key_matches_certificate(kms, key_id, certificate_pem):
        raise SealRefused("The seal's certificate belongs to another key than the sealing key.")


def require_valid(certificate: x509.Certificate, at: datetime) -> None:
    """Raises SealRefused outside the certificate's validity."""
    if not certificate.not_valid_before <= at <= certificate.not_valid_after:
        raise SealRefused("The seal's certificate is not valid at this time.")


def subject(certificate: x509.Certificate) -> str:
    """Whom the certificate speaks of, as RFC 4514 writes it."""
    return load_der_x509_certificate(certificate.dump()).subject.rfc4514_string()


def issuer(certificate: x509.Certificate) -> str:
    """Who issued the certificate, as RFC 4514 writes it."""
    return load_der_x509_certificate(certificate.dump()).issuer.rfc4514_string()


def days_left(certificate_pem: bytes, at: datetime) -> int:
    """Whole days until the certificate ends; negative once it has."""
    return (load(certificate_pem)[0].not_valid_after - at).days


def expires_soon(certificate_pem: bytes, at: datetime) -> bool:
    """Whether operators should be warned now."""
    return days_left(certificate_pem, at) < EXPIRY_WARNING.days


def _public_key(kms: Any, key_id: str) -> bytes:
    return bytes(translated(kms.get_public_key)(KeyId=key_id)["PublicKey"])


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
