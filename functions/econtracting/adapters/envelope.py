"""Envelope encryption: a fresh KMS data key per save or letter, AES-256-GCM, bound to packet, purpose and version.

The context is visible in the key's audit log, so it holds ids only. The same context is the message's associated data:
what was sealed for one place opens nowhere else.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from econtracting.adapters.failures import translated
from econtracting.domain.interview.answers import SealedAnswers

NONCE_BYTES = 12


class WrongContext(Exception):
    """The ciphertext was not sealed for this packet, purpose and version, or it was altered."""


class KmsEnvelope:
    def __init__(self, client: Any, key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    def seal(self, packet_id: str, purpose: str, version: int, plain: Mapping[str, Any]) -> SealedAnswers:
        """Raises Unavailable."""
        context = _context(packet_id, purpose, version)
        return _sealed(self._fresh_key(context), context, plain)

    def seal_apart(
        self, packet_id: str, purpose: str, version: int, plain: Mapping[str, Any]
    ) -> dict[str, SealedAnswers]:
        """Raises Unavailable."""
        context = _context(packet_id, purpose, version)
        key = self._fresh_key(context)
        return {name: _sealed(key, context, {name: value}) for name, value in plain.items()}

    def open(self, packet_id: str, purpose: str, version: int, *sealed: SealedAnswers) -> dict[str, Any]:
        """Raises WrongContext, Unavailable."""
        context = _context(packet_id, purpose, version)
        keys = {one.wrapped_key: b"" for one in sealed}
        for wrapped in keys:
            keys[wrapped] = self._unwrapped(b64decode(wrapped), context)
        opened: dict[str, Any] = {}
        for one in sealed:
            opened |= json.loads(_message(keys[one.wrapped_key], context, one))
        return opened

    @translated
    def _fresh_key(self, context: dict[str, str]) -> dict[str, bytes]:
        answer: dict[str, bytes] = self._client.generate_data_key(
            KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=context
        )
        return answer

    @translated
    def _unwrapped(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        try:
            key: bytes = self._client.decrypt(KeyId=self._key_id, CiphertextBlob=wrapped, EncryptionContext=context)[
                "Plaintext"
            ]
        except self._client.exceptions.InvalidCiphertextException:
            raise WrongContext from None
        return key


def _sealed(key: Mapping[str, bytes], context: Mapping[str, str], plain: Mapping[str, Any]) -> SealedAnswers:
    nonce = os.urandom(NONCE_BYTES)
    message = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return SealedAnswers(
        wrapped_key=b64encode(key["CiphertextBlob"]).decode(),
        nonce=b64encode(nonce).decode(),
        ciphertext=b64encode(AESGCM(key["Plaintext"]).encrypt(nonce, message, _canonical(context))).decode(),
    )


def _message(key: bytes, context: Mapping[str, str], sealed: SealedAnswers) -> bytes:
    """Raises WrongContext."""
    try:
        return AESGCM(key).decrypt(b64decode(sealed.nonce), b64decode(sealed.ciphertext), _canonical(context))
    except InvalidTag:
        raise WrongContext from None


def _context(packet_id: str, purpose: str, version: int) -> dict[str, str]:
    return {"packet": packet_id, "purpose": purpose, "version": str(version)}


def _canonical(context: Mapping[str, str]) -> bytes:
    return json.dumps(context, sort_keys=True, separators=(",", ":")).encode()
