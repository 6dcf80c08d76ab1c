"""Records to items and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import BaseModel

from econtracting.domain.record import names_of

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def _decimals(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {name: _decimals(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_decimals(inner) for inner in value]
    return value


def _numbers(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_numbers(inner) for inner in value]
    return value


def attributes(values: dict[str, Any]) -> dict[str, Any]:
    """Plain JSON values in DynamoDB's typed form."""
    return {name: _serialize(_decimals(value)) for name, value in values.items()}


def item(record: BaseModel, key: dict[str, str], **more: Any) -> dict[str, Any]:
    return attributes({**record.model_dump(mode="json", exclude_none=True), **key, **more})


def plain(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: _numbers(_deserialize(value)) for name, value in stored.items()}


def record[M: BaseModel](kind: type[M], stored: dict[str, Any]) -> M:
    """A stored item as its record; key and index attributes are the table's own business."""
    return of(kind, plain(stored))


def of[M: BaseModel](kind: type[M], values: dict[str, Any]) -> M:
    """The same of an item in plain JSON values."""
    return kind.model_validate({name: values[name] for name in names_of(kind) if name in values})
