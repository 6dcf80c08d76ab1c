"""What spreadsheets do to cells, and what of it can be undone.

A guard against losing digits (`="0123"`, a leading apostrophe) and a whole number with a decimal point say the same as
before. A rounded number, a date, lost letters and an error do not: they are refused with their cause and the way out.
"""

from __future__ import annotations

import re

from econtracting.domain.fields.rejections import Refusal

_GUARDED = re.compile(r'="([^"=()]*)"')
_MARKED = re.compile(r"'(?=[\d(+])")
_WHOLE = re.compile(r"(\d+)\.0+")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"

_ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d+)?e[+-]\d+", re.IGNORECASE)
_DATE = re.compile(
    rf"\d{{1,2}}-(?:{_MONTHS})(?:-\d{{2,4}})?|(?:{_MONTHS})-\d{{2,4}}|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}.*|"
    r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?",
    re.IGNORECASE,
)
_ERROR = re.compile(r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|#+|SPILL!|CALC!|FIELD!)", re.IGNORECASE)
_LOST = re.compile(r"\ufffd|(?<=[^\W\d_])\?+(?=[^\W\d_])|(?<=[^\W\d_])\?+$|^\?+(?=[^\W\d_])")
_DAMAGE = (
    (
        _ROUNDED,
        "rounded-number",
        "The spreadsheet has rounded this number (1.23457E+09); digits are lost. Format the column as Text, write the "
        "cell again, and save the file as CSV once more.",
    ),
    (
        _DATE,
        "became-a-date",
        "The spreadsheet has made a date of this. Format the column as Text, write the cell again, and save the file "
        "as CSV once more.",
    ),
    (_ERROR, "spreadsheet-error", "The spreadsheet shows an error or ##### here instead of a value. Please write it."),
)
_LETTERS_LOST = Refusal(
    "letters-lost",
    "Letters were lost when this file was saved: signs such as ? or Ã± stand where accented letters were. "
    "Write them again, and save the file as “CSV UTF-8 (Comma delimited)”.",
)


def restored(cell: str) -> str:
    """What was written in a cell before the spreadsheet guarded it: ="0123", '0123, “Sam”, 1234.0."""
    text = cell.strip()
    if guarded := _GUARDED.fullmatch(text):
        text = guarded[1].strip()
    if len(text) > 1 and text[0] == "“" and text[-1] == "”":
        text = text[1:-1].strip()
    text = _MARKED.sub("", text, count=1)
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def refuse_damage(text: str, *, words: bool) -> None:
    """Raises Refusal: rounded-number, became-a-date, spreadsheet-error; letters-lost in what is made of `words`."""
    for pattern, rule, message in _DAMAGE:
        if pattern.fullmatch(text):
            raise Refusal(rule, message)
    if words and (_LOST.search(text) or _read_wrongly(text)):
        raise _LETTERS_LOST


def _read_wrongly(text: str) -> bool:
    """Whether these are letters of UTF-8 that were read as Windows-1252 and saved so: MuÃ±oz."""
    if text.isascii():
        return False
    try:
        return text.encode("cp1252").decode("utf-8") != text
    except UnicodeError:
        return False
