"""Asks the functions that have the documents layer: to prepare documents, to seal answers again, to stamp."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from econtracting.adapters.failures import translated
from econtracting.domain.days import Here
from econtracting.domain.errors import Unavailable
from econtracting.domain.signing.preparation import Prepared, PrepareTask, ResealTask, StampTask


class LambdaPreparation:
    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    @translated
    def prepare(self, packet_id: str, generation: int, frozen_at: datetime, here: Here) -> Prepared:
        task = PrepareTask(packet_id=packet_id, generation=generation, frozen_at=frozen_at, here=here)
        answer = self._client.invoke(FunctionName=self._function, Payload=task.model_dump_json().encode())
        try:
            if not answer.get("FunctionError"):
                return Prepared.model_validate_json(answer["Payload"].read())
        except ValidationError:
            pass  # another release's answer, or none
        raise Unavailable("The documents could not be prepared; please try again.")

    @translated
    def reseal(self, packet_id: str) -> None:
        task = ResealTask(packet_id=packet_id).model_dump_json().encode()
        if self._client.invoke(FunctionName=self._function, Payload=task).get("FunctionError"):
            raise Unavailable()


class LambdaStamping:
    """Asks the sealing function to add the timestamps a packet lacks."""

    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    @translated
    def stamp(self, packet_id: str) -> None:
        task = StampTask(packet_id=packet_id).model_dump_json().encode()
        if self._client.invoke(FunctionName=self._function, Payload=task).get("FunctionError"):
            raise Unavailable("The timestamp authority does not answer.")
