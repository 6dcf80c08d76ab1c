"""What each type of field takes, the one form it is stored in, the mask a screen shows, and the words a person reads.

A rule raises `Refusal`; a normalized answer is accepted again and comes out unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from econtracting.domain.fields import contact as contact_rules
from econtracting.domain.fields import identity as identity_rules
from econtracting.domain.fields import names, post, us
from econtracting.domain.fields import text as text_rules
from econtracting.domain.fields.characters import code, seen
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview.definition import Field
from econtracting.domain.record import Record
from econtracting.domain.words import Words, words

MASK = "***"
TEXT_LENGTH = 200
_LONGEST_RAW = 20_000  # more than any field takes before normalization; nothing longer is even looked at


class FieldContext(Record):
    """What field rules need of the world: the day ages count on, and whether test people's SSNs are admitted."""

    reference_date: date
    synthetic_people: bool = False


def read(field: Field, raw: Any, context: FieldContext) -> Any:
    """The answer in its normal form; None for a blank one. A name that shows nothing is no blank: it is refused.

    Raises Refusal: wrong-type, and whatever the type's own rule raises.
    """
    if raw is None or (isinstance(raw, str) and not (raw if field.type == "name" else _seen_of(raw)).strip()):
        return None
    reader = _OTHERS.get(field.type)
    if reader is not None:
        return reader(field, raw)
    if not isinstance(raw, str):
        raise wrong_type("text")
    if len(raw) > _LONGEST_RAW:
        raise text_rules.too_long(field.longest or TEXT_LENGTH)
    return _TEXTS[field.type](field, raw, context)


def _seen_of(raw: str) -> str:
    return seen(raw) if len(raw) <= _LONGEST_RAW else raw


def mask(field: Field, value: Any) -> str:
    """What a screen shows of a sensitive answer."""
    if field.type == "ssn":
        return identity_rules.mask_ssn(value)
    if field.type == "birth-date":
        return identity_rules.mask_birth_date(value)
    return MASK


def shown(field: Field, value: Any) -> str:
    """A stored public answer or a mask as a person reads it; blank stays blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return words("Yes") if value else words("No")
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if field.type == "phone":
        return contact_rules.phone_shown(str(value))
    return str(value)


def wrong_type(wanted: str) -> Refusal:
    return Refusal("wrong-type", words("This has to be a {wanted}.", wanted=Words(wanted)))


def message(field: Field, refusal: Refusal) -> str:
    return field.messages.get(refusal.rule, refusal.message)


def required(field: Field) -> Refusal:
    return Refusal("required", field.messages.get("required") or words("Please fill in “{label}”.", label=field.label))


def remark(field: Field, value: Any) -> Refusal | None:
    """What is worth a second look in a valid answer."""
    if field.type == "ssn" and identity_rules.looks_like_dummy(value):
        return Refusal("ssn-dummy", "This looks like a made-up number. Please check it once more.")
    if field.hint_on_initial and isinstance(value, str) and len(value.rstrip(".")) == 1:
        return Refusal(
            "single-letter", "If your full middle name is known, please give it; it speeds up the background check."
        )
    return None


def _choice(field: Field, raw: str, context: FieldContext) -> str:
    if field.takes_suffix_from and (suffix := names.known_suffix(raw, field.choices)):
        return suffix
    wanted = code(raw).rstrip(".").casefold()
    for choice in field.choices:
        if choice.casefold() == wanted:
            return choice
    raise Refusal("choice-unknown", words("Please choose one of: {choices}.", choices=", ".join(field.choices)))


def _whole_number(field: Field, raw: Any) -> int:
    if isinstance(raw, str) and len(raw) <= _LONGEST_RAW and re.fullmatch("[0-9]{1,9}", digits := code(raw)):
        return int(digits)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise wrong_type("whole number")
    if not 0 <= raw < 10**9:
        raise Refusal("number-range", "Please enter a whole number that is not negative.")
    return raw


def _yes_no(field: Field, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise wrong_type("yes or a no")
    return raw


def _box(field: Field, raw: Any) -> bool | None:
    return _yes_no(field, raw) or None  # an empty box is a blank, not an answer


_OTHERS: dict[str, Callable[[Field, Any], Any]] = {"whole-number": _whole_number, "yes-no": _yes_no, "box": _box}

_TEXTS: dict[str, Callable[[Field, str, FieldContext], str]] = {
    "name": lambda field, raw, context: text_rules.person_name(raw),
    "text": lambda field, raw, context: text_rules.clean(raw, field.longest or TEXT_LENGTH),
    "long-text": lambda field, raw, context: text_rules.clean(
        raw, field.longest or text_rules.EXPLANATION_LENGTH, lines=True
    ),
    "city": lambda field, raw, context: text_rules.city(raw),
    "address-line": lambda field, raw, context: post.address_line(raw, po_box=field.po_box),
    "state": lambda field, raw, context: us.state(raw, mailing=field.mailing),
    "postal-code": lambda field, raw, context: us.postal_code(raw),
    "ssn": lambda field, raw, context: identity_rules.ssn(raw, synthetic_people=context.synthetic_people),
    "birth-date": lambda field, raw, context: identity_rules.birth_date(
        raw, context.reference_date, minimum_age=field.minimum_age
    ),
    "phone": lambda field, raw, context: contact_rules.phone(raw),
    "extension": lambda field, raw, context: contact_rules.extension(raw),
    "email": lambda field, raw, context: contact_rules.email(raw),
    "npn": lambda field, raw, context: identity_rules.npn(raw),
    "url-or-none": lambda field, raw, context: contact_rules.url_or_none(raw),
    "choice": _choice,
}
