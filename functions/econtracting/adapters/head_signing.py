"""Asks the function that may sign heads for a milestone's signature, or a package's."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import ValidationError

from econtracting.adapters.failures import translated
from econtracting.domain.errors import Unavailable
from econtracting.domain.record import Record
from econtracting.domain.signing.heads import Exported, ExportTask, MilestoneTask, NamedHead
from econtracting.ports import Trail


class LambdaHeadSigning:
    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    def milestone(self, packet_id: str, seq: int) -> None:
        self._ask(MilestoneTask(packet_id=packet_id, seq=seq))

    def export(self, trail: Trail, manifest: str, daily: tuple[date, str] | None) -> bytes | None:
        named = None if daily is None else NamedHead(day=daily[0], sha256=daily[1])
        task = ExportTask(packet_id=trail.packet_id, seq=trail.seq, head=trail.head, manifest=manifest, daily=named)
        try:
            export = Exported.model_validate_json(self._ask(task)).export
        except ValidationError as error:  # another release's answer
            raise Unavailable("The package could not be signed; please try again.") from error
        return None if export is None else export.text()

    @translated
    def _ask(self, task: Record) -> bytes:
        answer = self._client.invoke(FunctionName=self._function, Payload=task.model_dump_json().encode())
        if answer.get("FunctionError"):
            raise Unavailable("The signature could not be made; please try again.")
        return bytes(answer["Payload"].read())
