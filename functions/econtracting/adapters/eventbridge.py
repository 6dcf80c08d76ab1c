"""Lifecycle events for the carrier's other systems."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from econtracting.adapters.failures import translated
from econtracting.domain.errors import Unavailable


class EventBridge:
    def __init__(self, client: Any, bus: str) -> None:
        self._client = client
        self._bus = bus

    @translated
    def publish(self, detail_type: str, detail: Mapping[str, Any], reference: str) -> None:
        entry = {
            "EventBusName": self._bus,
            "Source": "econtracting",
            "DetailType": detail_type,
            "Detail": json.dumps({**detail, "event_id": reference}),
        }
        if self._client.put_events(Entries=[entry])["FailedEntryCount"]:
            raise Unavailable()
