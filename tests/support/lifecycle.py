"""What was put down to be published, held against the schemas that others read."""

from __future__ import annotations

import json
from typing import Any

import boto3
from jsonschema import Draft202012Validator

from econtracting.adapters.dynamodb import items
from econtracting.domain.lifecycle import KINDS, event_id
from econtracting.domain.moment import iso
from econtracting.domain.outbox import Effect, EffectKind
from tools import events

_SCHEMAS = {
    kind.detail_type: Draft202012Validator(json.loads((events.FOLDER / events.name_of(kind)).read_text()))
    for kind in KINDS
}


def published(packet_id: str | None = None) -> list[tuple[str, dict[str, Any]]]:
    """(detail-type, detail) of every event of the table, or of one packet, in the order of its commits."""
    rows = [
        items.record(Effect, one)
        for page in boto3.client("dynamodb").get_paginator("scan").paginate(TableName="econtracting")
        for one in page["Items"]
        if one["SK"]["S"].startswith("OUTBOX#publish#")
    ]
    wanted = [one for one in rows if one.kind is EffectKind.PUBLISH and packet_id in (None, one.packet_id)]
    wanted.sort(key=_order)
    return [
        (one.payload["detail_type"], {**one.payload["detail"], "event_id": event_id(one.reference)}) for one in wanted
    ]


def _order(row: Effect) -> tuple[str, int]:
    """By time and commit; what can be told again is named by its occasion instead and stands before its time's rest."""
    last = row.id.rpartition("#")[2]
    return iso(row.created_at), int(last) if last.isdecimal() else 0


def require_valid() -> None:
    """Raises jsonschema's ValidationError for an event that is not as its schema says."""
    for detail_type, detail in published():
        _SCHEMAS[detail_type].validate(detail)
