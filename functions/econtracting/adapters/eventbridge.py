"""Lifecycle events: those for the carrier's other systems, and those for the contracting department alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from econtracting.adapters.failures import translated
from econtracting.domain.errors import Unavailable
from econtracting.domain.outbox import Bus


class EventBridge:
    def __init__(self, client: Any, buses: Mapping[Bus, str]) -> None:
        self._client = client
        self._buses = buses

    @translated
    def publish(self, bus: Bus, detail_type: str, detail: Mapping[str, Any]) -> None:
        entry = {
            "EventBusName": self._buses[bus],
            "Source": "econtracting",
            "DetailType": detail_type,
            "Detail": json.dumps(dict(detail)),
        }
        if self._client.put_events(Entries=[entry])["FailedEntryCount"]:
            raise Unavailable()
