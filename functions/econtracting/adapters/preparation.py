"""Asks the functions that have the documents layer: to prepare a packet's documents, to stamp what is sealed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from econtracting.adapters.failures import translated
from econtracting.domain.errors import Unavailable
from econtracting.domain.moment import iso


class LambdaPreparation:
    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    @translated
    def prepare(self, packet_id: str, generation: int, frozen_at: datetime) -> dict[str, Any]:
        answer = self._client.invoke(
            FunctionName=self._function,
            Payload=json.dumps(
                {"packet_id": packet_id, "generation": generation, "frozen_at": iso(frozen_at)}
            ).encode(),
        )
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        if answer.get("FunctionError") or "documents" not in result:
            raise Unavailable("The documents could not be prepared; please try again.")
        return result


class LambdaStamping:
    """Asks the sealing function to add the timestamps a packet lacks."""

    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    @translated
    def stamp(self, packet_id: str) -> None:
        task = json.dumps({"task": "stamp", "packet_id": packet_id}).encode()
        if self._client.invoke(FunctionName=self._function, Payload=task).get("FunctionError"):
            raise Unavailable("The timestamp authority does not answer.")
