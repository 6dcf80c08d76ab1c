"""The vendors' credentials, one JSON secret."""

from __future__ import annotations

import json
from typing import Any

from econtracting.adapters.failures import translated

# member -> the name it had before; a secret whose rotation was written by the release before is read under it. To be
# removed one release after 2026-11.
FORMERLY = {"license_registry_key": "licence_registry_key"}


@translated
def read_secrets(client: Any, secret_id: str) -> dict[str, str]:
    secrets: dict[str, str] = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    for name, old in FORMERLY.items():
        if name not in secrets and old in secrets:
            secrets[name] = secrets[old]
    return secrets
