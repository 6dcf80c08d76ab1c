"""The vendors' credentials, one JSON secret."""

from __future__ import annotations

import json
from typing import Any

from econtracting.adapters.failures import translated


@translated
def read_secrets(client: Any, secret_id: str) -> dict[str, str]:
    secrets: dict[str, str] = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    return secrets
