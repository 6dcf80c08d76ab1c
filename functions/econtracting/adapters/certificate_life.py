"""How long a PEM certificate holds; without the documents layer, for whoever only watches it."""

from __future__ import annotations

from datetime import datetime

from cryptography.x509 import load_pem_x509_certificate


def expires(certificate_pem: bytes) -> datetime:
    """The last moment of the file's first certificate. Raises ValueError when there is none."""
    return load_pem_x509_certificate(certificate_pem).not_valid_after_utc
