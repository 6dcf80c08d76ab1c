"""Signs messages as the vendors do, by the keys that `tests/support/world.py` hands to the product."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

SCREENING_KEY = b"sim_key_meridian"
STANDARD_SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of https://www.standardwebhooks.com


def screening_headers(raw: bytes, key: bytes = SCREENING_KEY) -> dict[str, str]:
    return {"X-Signature": hmac.new(key, raw, hashlib.sha256).hexdigest()}


def standard_headers(raw: bytes, identifier: str, at: datetime, secret: str = STANDARD_SECRET) -> dict[str, str]:
    seconds = str(int(at.timestamp()))
    mac = hmac.new(base64.b64decode(secret), f"{identifier}.{seconds}.".encode() + raw, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {"webhook-id": identifier, "webhook-timestamp": seconds, "webhook-signature": signature}
