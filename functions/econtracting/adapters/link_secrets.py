"""The secret of an invitation's link, derived with a KMS key that never leaves KMS."""

from __future__ import annotations

import base64
from typing import Any

from econtracting.adapters.failures import translated


class KmsLinkSecrets:
    def __init__(self, client: Any, key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    @translated
    def secret(self, packet_id: str, generation: int) -> str:
        """43 URL-safe signs, the same for the same packet and generation. Raises Unavailable."""
        mac: bytes = self._client.generate_mac(
            KeyId=self._key_id, MacAlgorithm="HMAC_SHA_256", Message=f"invitation/{packet_id}/{generation}".encode()
        )["Mac"]
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")
