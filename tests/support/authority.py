"""A certificate authority, a timestamp authority and their revocation list, all in the process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import crl, keys, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext

DER = serialization.Encoding.DER


@dataclass(frozen=True)
class Authority:
    """Issues certificates and a revocation list on which no one stands."""

    key: rsa.RSAPrivateKey
    certificate: pyca.Certificate
    at: datetime

    def issued(self, name: str, public_key: Any, *, stamps_time: bool = False) -> pyca.Certificate:
        extra = [(pyca.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)] if stamps_time else []
        return _certificate(name, public_key, self.certificate.subject, self.key, self.at, [_signs(), *extra])

    def timestamper(self) -> DummyTimeStamper:
        key = _key()
        certificate = self.issued("Test timestamp authority", key.public_key(), stamps_time=True)
        private = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return DummyTimeStamper(
            tsa_cert=_asn1(certificate),
            tsa_key=keys.PrivateKeyInfo.load(private),
            certs_to_embed=None,
            fixed_dt=self.at,
        )

    def validation(self) -> ValidationContext:
        """Trusts this authority and holds its revocation list; asks no one."""
        listed = (
            pyca.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(self.at - timedelta(hours=1))
            .next_update(self.at + timedelta(days=30))
            .sign(self.key, hashes.SHA256())
        )
        return ValidationContext(
            trust_roots=[_asn1(self.certificate)],
            crls=[crl.CertificateList.load(listed.public_bytes(DER))],
            allow_fetching=False,
            revocation_mode="hard-fail",
            moment=self.at,
            best_signature_time=self.at,
        )


def authority(at: datetime) -> Authority:
    key = _key()
    name = pyca.Name([pyca.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    usage = pyca.KeyUsage(False, False, False, False, False, True, True, False, False)
    root = _certificate(
        "Test authority", key.public_key(), name, key, at, [(pyca.BasicConstraints(True, None), True), (usage, True)]
    )
    return Authority(key, root, at)


def timestamp_authority(at: datetime) -> DummyTimeStamper:
    return authority(at).timestamper()


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _signs() -> tuple[pyca.ExtensionType, bool]:
    return pyca.KeyUsage(True, True, False, False, False, False, False, False, False), True


def _certificate(
    name: str,
    public_key: Any,
    issuer: pyca.Name,
    signed_with: rsa.RSAPrivateKey,
    at: datetime,
    extensions: list[tuple[pyca.ExtensionType, bool]],
) -> pyca.Certificate:
    builder = (
        pyca.CertificateBuilder()
        .subject_name(pyca.Name([pyca.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(pyca.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signed_with, hashes.SHA256())


def _asn1(certificate: pyca.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(DER))
