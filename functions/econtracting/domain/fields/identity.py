"""Numbers and dates that say who someone is: SSN, NPN, birth date, and the masks screens show instead.

Sources: SSA, POMS RM 10201.035 (which area, group and serial numbers were never assigned; there is no check digit, and
since June 2011 numbers are assigned at random, so every other area up to 899 is possible). NPN: NIPR publishes no
format; 1 to 10 digits without leading zero is what its look-ups take.
"""

from __future__ import annotations

import re
from datetime import date

from econtracting.domain.fields.characters import code
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.words import words

_SSN = re.compile(r"[0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3} [0-9]{2} [0-9]{4}")
_NPN = re.compile(r"[1-9][0-9]{0,9}")
_DATES = (
    re.compile(r"(?P<month>[0-9]{2})[-/](?P<day>[0-9]{2})[-/](?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]{2})[-/](?P<day>[0-9]{2})"),
)

# Printed in advertisements and pamphlets, and used by thousands since: valid by pattern, no one's by now.
KNOWN_FAKE = frozenset({"078051120", "219099999"})
DUMMIES = frozenset({"123456789", "012345678"} | {str(digit) * 9 for digit in range(10)})
# Ten numbers once set aside for advertising; the product's test people carry them.
SYNTHETIC = frozenset(f"98765432{digit}" for digit in range(10))

OLDEST_AGE = 110


def ssn(raw: str, *, synthetic_people: bool = False) -> str:
    """An SSN as ddd-dd-dddd. `synthetic_people` admits the numbers of test people; production never sets it.

    Raises Refusal: ssn-format, ssn-area, ssn-group, ssn-serial, ssn-known-fake.
    """
    text = code(raw)
    if not _SSN.fullmatch(text):
        raise Refusal("ssn-format", "A Social Security number has nine digits, like 123-45-6789.")
    digits = re.sub("[ -]", "", text)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    dashed = f"{area}-{group}-{serial}"
    if synthetic_people and digits in SYNTHETIC:
        return dashed
    if area[0] == "9":
        raise Refusal(
            "ssn-area",
            "A number that begins with 9 is not a Social Security number; it may be a taxpayer number (ITIN). "
            "Please enter the number on your Social Security card.",
        )
    if area in ("000", "666"):
        raise Refusal(
            "ssn-area",
            words("No Social Security number begins with {area}. Please check the first three digits.", area=area),
        )
    if group == "00":
        raise Refusal("ssn-group", "The two middle digits of a Social Security number are never 00. Please check them.")
    if serial == "0000":
        raise Refusal(
            "ssn-serial", "The last four digits of a Social Security number are never 0000. Please check them."
        )
    if digits in KNOWN_FAKE:
        raise Refusal(
            "ssn-known-fake", "This number was printed as an example and belongs to no one. Please enter yours."
        )
    return dashed


def looks_like_dummy(number: str) -> bool:
    """Whether a normalized SSN is possible but was more likely typed to get past the field."""
    return number.replace("-", "") in DUMMIES


def mask_ssn(number: str) -> str:
    return f"***-**-{number[-4:]}"


def npn(raw: str) -> str:
    """A National Producer Number as bare digits, without spaces and hyphens. Raises Refusal: npn-format, npn-zero."""
    digits = re.sub("[ -]", "", code(raw))
    if re.fullmatch("0[0-9]*", digits):
        raise Refusal("npn-zero", "A National Producer Number does not begin with 0. Please leave leading zeros out.")
    if not _NPN.fullmatch(digits):
        raise Refusal("npn-format", "A National Producer Number has 1 to 10 digits and nothing else.")
    return digits


def birth_date(raw: str, on: date, *, minimum_age: int) -> str:
    """A birth date in ISO form, from MM-DD-YYYY, MM/DD/YYYY or the same with its year first; the age counts on the
    day `on`.

    Someone born on 29 February comes of age on 1 March of a common year.
    Raises Refusal: date-format, date-real, birth-date-future, birth-date-age, birth-date-past.
    """
    text = code(raw)
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _DATES)), None)
    if match is None:
        raise Refusal("date-format", "Please write the date as month, day and year: MM-DD-YYYY.")
    try:
        born = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise Refusal("date-real", "There is no such day in the calendar. Please check month and day.") from None
    if born > on:
        raise Refusal("birth-date-future", "This date has not come yet. Please check the year.")
    age = age_on(born, on)
    if age < minimum_age:
        raise Refusal("birth-date-age", words("You have to be {age} years old to be contracted.", age=minimum_age))
    if age >= OLDEST_AGE:
        raise Refusal("birth-date-past", "This date lies too far back. Please check the year.")
    return born.isoformat()


def age_on(born: date, day: date) -> int:
    """Completed years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def mask_birth_date(iso: str) -> str:
    return f"**-**-{iso[:4]}"
