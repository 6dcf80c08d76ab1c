"""What people read, in every language the product speaks.

The English sentence stands where it is said, and is the key to its other readings, as in GNU gettext. They are data:
`econtracting/words/<language>/*.json`, English to reading, for the product's own sentences, and `words/<language>.json`
of a packet type for its texts. A sentence with something to fill in is made by `words`, which keeps template and
places, so that it is filled in the reader's language. Stored records, events and papers keep the English.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

HOME = Path(__file__).parents[1] / "words"
Language = Literal["en", "es"]  # RFC 5646
LANGUAGES: tuple[Language, ...] = get_args(Language)
ENGLISH: Language = "en"  # the one that binds


class Words(str):
    """An English text that can be said in another language; to everybody else it is the English text.

    `places` fill the template, and are said in the same language if they are Words themselves. `readings` are other
    languages' texts that stand in no catalog of the product, such as a packet type's.
    """

    template: str
    places: Mapping[str, Any]
    readings: Mapping[str, str]

    def __new__(
        cls, template: str, places: Mapping[str, Any] | None = None, readings: Mapping[str, str] | None = None
    ) -> Self:
        made = super().__new__(cls, template.format_map(places) if places else template)
        made.template, made.places, made.readings = template, places or {}, readings or {}
        return made


def words(template: str, /, **places: Any) -> Words:
    """A sentence with its `{places}` filled in."""
    return Words(template, places)


def joined(parts: Iterable[str], by: str) -> Words:
    """Texts in one, each of them and what stands between them said in the reader's language."""
    places = {f"part_{number}": part if isinstance(part, Words) else Words(part) for number, part in enumerate(parts)}
    return Words("{by}".join(f"{{{name}}}" for name in places), {**places, "by": Words(by)})


def said(text: str, language: str) -> str:
    """The text in a language; in English where it has no reading in it. A test holds that every sentence has one."""
    if language == ENGLISH:
        return str(text)
    if not isinstance(text, Words):
        return catalog(language).get(text, text)
    reading = text.readings.get(language) or catalog(language).get(text.template, text.template)
    if not text.places:
        return reading
    return reading.format_map({name: _place(value, language) for name, value in text.places.items()})


def _place(value: Any, language: str) -> Any:
    return said(value, language) if isinstance(value, Words) else value


@cache
def catalog(language: str) -> Mapping[str, str]:
    """The product's own sentences in a language: English to reading."""
    found: dict[str, str] = {}
    for file in sorted((HOME / language).glob("*.json")):
        found |= json.loads(file.read_text(encoding="utf-8"))
    return found


class Readings(dict[str, Mapping[str, str]]):
    """Texts that are data: English to each other language. As pydantic's context it makes Words of them."""


def _kept(value: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    text = validate(value)
    if isinstance(value, Words):
        return value
    known = info.context.get(text) if isinstance(info.context, Readings) else None
    return text if known is None else Words(text, readings=known)


# A text of a record or a view that stays Words when it is one, and becomes it where its readings are known; stored, it
# is the English.
Text = Annotated[str, WrapValidator(_kept)]
