"""The sealing key's certificate: issued through KMS, checked against the key, watched for its end."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from econtracting.adapters import seal_certificate
from econtracting.adapters.kms_signer import sign_raw
from econtracting.domain.signing.documents import SealRefused
from tests.support.paperwork import AT, SealingKey, new_key, sealing_key


@pytest.fixture(scope="module")
def key() -> Iterator[SealingKey]:
    with sealing_key() as key:
        yield key


def test_the_certificate_is_signed_by_the_key_it_names(key: SealingKey) -> None:
    certificate = x509.load_pem_x509_certificate(key.certificate_pem)

    certificate.verify_directly_issued_by(certificate)
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)


def test_the_certificate_is_for_signing_documents_and_nothing_else(key: SealingKey) -> None:
    extensions = x509.load_pem_x509_certificate(key.certificate_pem).extensions

    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_key_and_certificate_are_told_apart(key: SealingKey) -> None:
    other = new_key(key.kms)

    assert seal_certificate.key_matches_certificate(key.kms, key.key_id, key.certificate_pem)
    assert not seal_certificate.key_matches_certificate(key.kms, other.key_id, key.certificate_pem)


def test_the_end_is_seen_coming(key: SealingKey) -> None:
    end = seal_certificate.load(key.certificate_pem)[0].not_valid_after

    assert seal_certificate.days_left(key.certificate_pem, end - timedelta(days=90)) == 90
    assert not seal_certificate.expires_soon(key.certificate_pem, end - timedelta(days=90))
    assert seal_certificate.expires_soon(key.certificate_pem, end - timedelta(days=30))
    assert seal_certificate.days_left(key.certificate_pem, end + timedelta(days=1)) == -1


@pytest.mark.parametrize(
    "text", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(text: bytes) -> None:
    with pytest.raises(SealRefused):
        seal_certificate.load(text)


def test_a_message_longer_than_kms_takes_is_never_sent(key: SealingKey) -> None:
    with pytest.raises(SealRefused, match="longer"):
        sign_raw(key.kms, key.key_id, bytes(4097))


def test_validity_is_judged_at_a_given_moment(key: SealingKey) -> None:
    certificate = seal_certificate.load(key.certificate_pem)[0]

    seal_certificate.require_valid(certificate, AT)
    with pytest.raises(SealRefused):
        seal_certificate.require_valid(certificate, AT - timedelta(days=2))
