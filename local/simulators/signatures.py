"""How vendors sign their webhooks."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass

Signer = Callable[[str, bytes], dict[str, str]]


@dataclass(frozen=True)
class HexHmac:
    """Lower-case hex HMAC-SHA256 of the raw body, without a time: the receiver must recognize repeats itself."""

    key: str
    header: str = "X-Signature"

    def __call__(self, webhook_id: str, body: bytes) -> dict[str, str]:
        return {self.header: hmac.new(self.key.encode(), body, hashlib.sha256).hexdigest()}


@dataclass(frozen=True)
class TimedHexHmac:
    """Ternfield's: a time and, for each secret, the hex HMAC-SHA512 of its name, the time and the raw body."""

    secrets: tuple[str, ...]
    now: Callable[[], float] = time.time

    def __call__(self, webhook_id: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(self.now()))
        signed = f"ternfield:{timestamp}:".encode() + body
        signatures = [hmac.new(one.encode(), signed, hashlib.sha512).hexdigest() for one in self.secrets]
        return {"Ternfield-Signature": ",".join([f"t={timestamp}", *(f"s={one}" for one in signatures)])}


@dataclass(frozen=True)
class StandardWebhooks:
    """The Standard Webhooks scheme, version v1; `secret` is `whsec_` and the key in base64."""

    secret: str
    now: Callable[[], float] = time.time

    def __call__(self, webhook_id: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(self.now()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{webhook_id}.{timestamp}.".encode() + body
        signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}
