"""What everything stored or answered is made of."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Any, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field


class Record(BaseModel):
    """Base of the product's values: immutable, and a field that is not declared is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class StoredWord(StrEnum):
    """A closed list whose words earlier releases stored in British spelling: read under both."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        today = str(value).replace("licence", "license").replace("LICENCE", "LICENSE")
        return cls(today) if today != value else None


def renamed(name: str, old: str, **more: Any) -> Any:
    """A field that earlier releases stored under another name: read under both, written under the new one."""
    return Field(validation_alias=AliasChoices(name, old), **more)


@cache
def names_of(kind: type[BaseModel]) -> frozenset[str]:
    """Every name under which a stored item may hold a field of the kind."""
    names = set(kind.model_fields)
    for field in kind.model_fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            names |= {name for name in field.validation_alias.choices if isinstance(name, str)}
    return frozenset(names)
