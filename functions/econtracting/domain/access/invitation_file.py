"""A file of invitations as spreadsheets write it: which bytes are which letters, where cells end, which row is which.

Read without asking: UTF-8 and UTF-16 with and without a byte-order mark, Windows-1252 where nothing else can be meant;
commas, semicolons and tabs; `sep=;` on the first line; line ends of every system; names of columns in any case, with
blanks or hyphens. What is not read is named, with the way out. RFC 4180 says how cells are quoted.

No cell is ever repeated: what people send is about other people.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from econtracting.domain.errors import InvalidRequest, NoText
from econtracting.domain.words import Words, joined, words

MOST_ROWS = 500
SAVE_AS_UTF_8 = words(
    "In the spreadsheet choose Save as and the type “CSV UTF-8 (Comma delimited)”, and send that file."
)


@dataclass(frozen=True)
class Column:
    """A column that the file may have; `holds` tells a reader what goes in."""

    name: str
    holds: str
    needed: bool = False


COLUMNS = (
    Column("first_name", "the agent's first name, as on the license", needed=True),
    Column("middle_name", "the agent's middle name"),
    Column("last_name", "the agent's last name, as on the license", needed=True),
    Column("email", "the agent's e-mail address", needed=True),
    Column("shares_email", "yes, if somebody else of the agency's uses the same e-mail address"),
    Column("npn", "the agent's National Producer Number"),
    Column("level", "the agent's level with the carrier", needed=True),
    Column("pre_appointment_states", "states to be appointed in beforehand, by postal code: AL TN"),
    Column("language", "en or es: the language in which the agent is written to"),
    Column("recruiter_name", "whom the agent asks; without it, who sends the file"),
    Column("recruiter_email", "the recruiter's e-mail address; without it, that of who sends the file"),
    Column("recruiter_phone", "the recruiter's telephone number; without it, that of who sends the file"),
    Column("agency_id", "the agency's id; without it, the agency of who sends the file"),
    Column("agency_name", "the agency's name; without it, the name that is on file"),
)
NAMES = tuple(column.name for column in COLUMNS)
NEEDED = tuple(column.name for column in COLUMNS if column.needed)

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class Row:
    """A row by column name. `number` is the spreadsheet's: blank rows count, line breaks inside a cell do not."""

    number: int
    cells: Mapping[str, str]
    beyond: tuple[str, ...] = ()  # the columns, as a spreadsheet letters them, of cells under no name


@dataclass(frozen=True)
class Table:
    """What a file says, and how it was read."""

    rows: tuple[Row, ...]
    encoding: str
    separator: str


# Tells spreadsheets how cells are parted; they neither show this line nor count it.
_TOLD = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)


def template() -> str:
    """The file to fill in: the names of the columns, and the mark by which spreadsheets go on writing UTF-8."""
    return "\ufeff" + ",".join(NAMES) + "\r\n"


def read(raw: bytes) -> Table:
    """The file's rows, blank ones left out.

    Raises InvalidRequest: file-kind, empty, csv, columns, too-many-rows, each with the way out; NoText for bytes that
    are letters in no encoding we know for certain.
    """
    _refuse_other_kinds(raw)
    text, encoding = _decoded(raw)
    told = _TOLD.match(text)
    text = text[told.end() :] if told else text
    separator = told[1] if told and told[1] in SEPARATORS else _separator(text)
    # One row more than is taken tells that there are too many; what lies behind is counted, not kept.
    reader = enumerate(_records(text, separator), start=1)
    filled = ((number, cells) for number, cells in reader if any(map(str.strip, cells)))
    found = list(islice(filled, MOST_ROWS + 1))
    if not found:
        raise _no_file("empty", "The file has no rows. Its first row names the columns, each row below invites one.")
    (_, header), *rows = found
    names = _columns(header, alone=not rows)
    more = sum(1 for _ in filled)
    if more:
        count = MOST_ROWS + more
        raise _no_file(
            "too-many-rows",
            words(
                "The file has {count:,} rows below the first one; send at most {most} at once. Please split it into "
                "{files} files; in each the first row names the columns.",
                count=count,
                most=MOST_ROWS,
                files=-(-count // MOST_ROWS),
            ),
        )
    if not rows:
        raise _no_file("empty", "The file has only the names of the columns. Each row below them invites one agent.")
    return Table(tuple(_row(number, cells, names) for number, cells in rows), encoding, SEPARATORS[separator])


# What a file is, whatever its name says: how it begins, what else is in it, what it is called.
_KINDS = (
    (b"PK\x03\x04", b"xl/", words("an Excel workbook (.xlsx)")),
    (b"PK\x03\x04", b"opendocument.spreadsheet", words("an OpenDocument spreadsheet (.ods)")),
    (b"PK\x03\x04", b".iwa", words("a Numbers spreadsheet (.numbers)")),
    (b"PK\x03\x04", b"word/", words("a Word document (.docx)")),
    (b"PK\x03\x04", b"", words("a ZIP archive")),
    (b"\x1f\x8b", b"", words("a compressed file (gzip)")),
    (b"\xd0\xcf\x11\xe0", b"E\0n\0c\0r\0y\0p\0t", words("an Excel workbook with a password")),
    (b"\xd0\xcf\x11\xe0", b"", words("an Excel workbook (.xls)")),
    (b"%PDF-", b"", words("a PDF")),
    (b"{\\rtf", b"", words("a text document (.rtf)")),
    (b"\x89PNG", b"", words("a picture")),
    (b"\xff\xd8\xff", b"", words("a picture")),
    (b"<?xml", b"office:spreadsheet", words("an XML spreadsheet")),
    (b"<", b"", words("a web page, which some systems name .xls or .csv")),
    (b"{", b"", words("JSON")),
    (b"[", b"", words("JSON")),
    (b"--", b"Content-Disposition", words("a web form (multipart)")),
)


def _refuse_other_kinds(raw: bytes) -> None:
    """Raises InvalidRequest: file-kind."""
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    for beginning, inside, kind in _KINDS:
        if start.startswith(beginning) and inside in raw:
            message = words(
                "This is {kind}, not a CSV file. Please save the spreadsheet as “CSV UTF-8 (Comma delimited)” and send "
                "the bytes of that file.",
                kind=kind,
            )
            raise _no_file("file-kind", message)


# What a letter of another encoding looks like when read as Windows-1252: signs inside a word, a word's case broken.
_WORD = re.compile(r"[^\W\d_]+")
_FITS = re.compile(r"[a-z\xdf-\xf6\xf8-\xff\u0161\u017e\u0153]+|[A-Z\xc0-\xde]+|[A-Z\xc0-\xde][a-z\xdf-\xff]+|"
                   r"(?:[A-Z\xc0-\xde][a-z\xdf-\xff]+){2,}")  # fmt: skip
_APOSTROPHE = re.compile(r"(?<=[A-Za-z\xc0-\xff])\u2019(?=[A-Z])")


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises NoText."""
    for mark, encoding in ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return _as(raw, encoding), encoding
    zeros = raw[:200].count(0)
    if zeros * 3 > len(raw[:200]):
        encoding = "utf-16-le" if raw[1:200:2].count(0) > raw[:200:2].count(0) else "utf-16-be"
        return _as(raw, encoding), "utf-16"
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return _western(raw), "windows-1252"


def _as(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise _no_text("The file is cut off or damaged: it begins as UTF-16 and does not go on so.") from None


def _western(raw: bytes) -> str:
    """Text of Windows-1252, where it can be nothing else. The bytes of other encodings (Mac Roman, DOS) give signs
    within words, or capitals and small letters where none belong. Raises NoText."""
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        raise _unknown_letters(raw) from None
    plain = _APOSTROPHE.sub("'", text)
    beyond = {character for character in plain if not character.isascii()}
    words = [word for word in _WORD.findall(plain) if not word.isascii()]
    beyond_doubt = all("\xc0" <= character <= "\xff" and character.isalpha() for character in beyond)
    if not beyond_doubt or "\xd6" in beyond:  # DOS programs write the capital I of MARTÍN with the byte of Ö
        raise _unknown_letters(raw)
    if not all(_FITS.fullmatch(word) and _mostly_ascii(word) and not _lone_small(word) for word in words):
        raise _unknown_letters(raw)
    return text


def _mostly_ascii(word: str) -> bool:
    """A word of another script (Cyrillic, Greek) would be accented letters throughout."""
    return 2 * sum(character.isascii() for character in word) >= len(word)


def _lone_small(word: str) -> bool:
    """A name that begins with a small accented letter: a capital of Mac Roman or DOS looks so."""
    return not word[0].isascii() and word[0].islower()


def _unknown_letters(raw: bytes) -> NoText:
    bad = next((at for at, byte in enumerate(raw) if byte > 0x7F), 0)
    row = len(re.findall(rb"\r\n|\r|\n", raw[:bad])) + 1
    return _no_text(
        words(
            "On line {line} stands a letter (byte {at:,} of the file) in an encoding that cannot be told for certain.",
            line=row,
            at=bad + 1,
        )
    )


def _no_text(message: str) -> NoText:
    whole = joined((message, SAVE_AS_UTF_8), by=" ")
    return NoText(whole, errors=[_error("file", "encoding", whole)])


def _separator(text: str) -> str:
    """What parts the cells of the first row that says something: with which more of our columns come out."""
    first = next((line for line in io.StringIO(text, newline="") if line.strip(" \t\r\n,;|")), "")
    return max(SEPARATORS, key=lambda one: (len(set(map(_folded, first.split(one))) & set(NAMES)), first.count(one)))


def _records(text: str, separator: str) -> Iterator[list[str]]:
    """Every record, blank ones too. Raises InvalidRequest: csv."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    row = 1
    try:
        for cells in reader:
            yield cells
            row += 1
    except csv.Error:
        raise _no_file(
            "csv",
            words(
                "In row {row} a cell has a quotation mark that is not closed, or text behind the closing one. "
                'A quotation mark inside a cell is written twice: "".',
                row=row,
            ),
        ) from None


def _columns(header: Sequence[str], *, alone: bool) -> list[str]:
    """The name of each column, "" for one without. Raises InvalidRequest: columns, with each culprit."""
    names = [_folded(cell) for cell in header]
    if any("@" in cell for cell in header):
        message = "The first row has to name the columns; an e-mail address stands in it."
        lost = "If this file had several rows, its line breaks were lost on the way: send its bytes as they are."
        raise _no_file("columns", joined((message, *([lost] if alone else []), _OUR_COLUMNS), by=" "))
    errors = [
        _error(f"column {letters(at)}", "columns", _wrong(header[at], name, names))
        for at, name in enumerate(names)
        if name and name not in NAMES
    ]
    for name in sorted({name for name in names if names.count(name) > 1} & set(NAMES), key=names.index):
        places = ", ".join(letters(at) for at, one in enumerate(names) if one == name)
        message = words(
            "The column {name} is there more than once: {places}. Please keep one of them.", name=name, places=places
        )
        errors.append(_error(name, "columns", message))
    for name in NEEDED:
        if name not in names:
            message = words("The column {name} is missing from the first row. Please add it.", name=name)
            errors.append(_error(name, "columns", message))
    if errors:
        raise InvalidRequest(joined((*(error["message"] for error in errors[:5]), _OUR_COLUMNS), by=" "), errors=errors)
    return names


def _wrong(cell: str, name: str, names: Sequence[str]) -> Words:
    """What to do about a column that is none of ours."""
    free = [one for one in NAMES if one not in names]
    inside = sorted((one for one in free if one.replace("_", "") in name.replace("_", "")), key=len)  # Agent E-mail
    near = get_close_matches(name, free, 1, 0.6) or inside[-1:]
    if near:
        return words("“{name}” is not one of our columns. Did you mean {near}?", name=_shown(cell), near=near[0])
    return words("“{name}” is not one of our columns. Please take this column out of the file.", name=_shown(cell))


_OUR_COLUMNS = words(
    "The first row names the columns: {required}; also allowed: {optional}. GET /invitations/template.csv gives a file "
    "to fill in.",
    required=", ".join(NEEDED),
    optional=", ".join(name for name in NAMES if name not in NEEDED),
)


def _folded(cell: str) -> str:
    """A column's name however it is cased, spaced, hyphenated or quoted: "First Name" is first_name."""
    text = unicodedata.normalize("NFKC", cell).strip(" \t\r\n\ufeff\"'“”").lower()
    name = re.sub(r"[\s_.-]+", "_", text)
    by_letters = {one.replace("_", ""): one for one in NAMES}
    return by_letters.get(name.replace("_", ""), name)


def _shown(cell: str) -> str:
    """A column's name as it may stand in an answer: short, visible, and no formula, since it stands in quotes."""
    text = "".join(character for character in cell.strip() if character.isprintable() and character not in "<>")
    return text if len(text) <= 40 else f"{text[:40]}…"


def _row(number: int, cells: Sequence[str], names: Sequence[str]) -> Row:
    named = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    beyond = [at for at, cell in enumerate(cells) if cell.strip() and (at >= len(names) or not names[at])]
    return Row(number, {name: named.get(name, "") for name in names if name}, tuple(map(letters, beyond)))


def letters(at: int) -> str:
    """A column as spreadsheets name it: 0 is A, 26 is AA."""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _no_file(rule: str, message: str) -> InvalidRequest:
    return InvalidRequest(message, errors=[_error("file", rule, message)])


def _error(place: str, rule: str, message: str) -> dict[str, str]:
    return {"field": place, "rule": rule, "message": message}
