"""A file of invitations as spreadsheets of all kinds write it: read as it is meant, or refused with the way out."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from econtracting.domain.access.invitation_file import COLUMNS, NAMES, NEEDED, Table, letters, read, template
from econtracting.domain.access.spreadsheets import refuse_damage, restored
from econtracting.domain.errors import InvalidRequest, NoText
from econtracting.domain.fields.rejections import Refusal

pytestmark = pytest.mark.brings("P12")

HEAD = "first_name,last_name,email,level"
ROW = "Sam,Field,sam@example.com,4"


def refused(raw: bytes | str) -> list[dict[str, str]]:
    with pytest.raises(InvalidRequest) as refusal:
        read(raw.encode() if isinstance(raw, str) else raw)
    errors: list[dict[str, str]] = refusal.value.facts["errors"]
    return errors


def numbers(table: Table) -> list[int]:
    return [row.number for row in table.rows]


def last_names(raw: bytes) -> list[str]:
    return [row.cells["last_name"] for row in read(raw).rows]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_as_the_spreadsheet_shows_them(line_end: str) -> None:
    two_lines = 'Sam,"Field\nof Nashville",sam@example.com,4'
    text = line_end.join(["", HEAD, "", ROW, ",,,", two_lines, "  , ,,", ROW, ""])
    assert numbers(read(text.encode())) == [4, 6, 8]


def test_the_line_that_tells_a_spreadsheet_the_separator_is_not_counted() -> None:
    table = read(f"sep=;\r\n{HEAD.replace(',', ';')}\r\n{ROW.replace(',', ';')}\r\n".encode())
    assert (numbers(table), table.separator) == ([2], "semicolon")


@pytest.mark.parametrize(("separator", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_cells_end_where_the_spreadsheet_of_any_country_ends_them(separator: str, name: str) -> None:
    head = separator.join([*HEAD.split(","), "agency_name"])
    table = read(f"{head}\n{separator.join([*ROW.split(','), chr(34) + 'Harbor, LLC; Nashville' + chr(34)])}".encode())
    assert table.separator == name
    assert table.rows[0].cells["agency_name"] == "Harbor, LLC; Nashville"


@pytest.mark.parametrize(
    ("encoding", "read_as"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("utf-32", "utf-32"),
        ("cp1252", "windows-1252"),
    ],
)
def test_letters_are_read_in_every_encoding_that_spreadsheets_write(encoding: str, read_as: str) -> None:
    text = f"{HEAD}\r\n{ROW}\r\nJosé,Muñoz,jose@example.com,4\r\nZOË,MÜLLER,zoe@example.com,4\r\n"
    table = read(text.encode(encoding))
    assert table.encoding == read_as
    assert [row.cells["last_name"] for row in table.rows] == ["Field", "Muñoz", "MÜLLER"]


def test_excels_unicode_text_is_read() -> None:
    text = f"{HEAD}\r\n{ROW.replace('Field', 'Núñez')}\r\n".replace(",", "\t")
    table = read(text.encode("utf-16"))
    assert (table.separator, table.rows[0].cells["last_name"]) == ("tab", "Núñez")


def test_one_letter_of_windows_1252_and_a_words_apostrophe_are_read() -> None:
    assert last_names(f"{HEAD}\n{ROW.replace('Field', 'Peña')}".encode("cp1252")) == ["Peña"]
    assert last_names(f"{HEAD}\n{ROW.replace('Field', 'O’Rourke')}".encode("cp1252")) == ["O’Rourke"]


@pytest.mark.parametrize("name", ["Muñoz", "García", "José", "Ñandú", "Núñez", "Müller", "Ávila", "MÁRQUEZ", "MARTÍN"])
@pytest.mark.parametrize("encoding", ["mac-roman", "cp850"])
def test_letters_that_could_be_others_are_never_guessed(name: str, encoding: str) -> None:
    """Read as Windows-1252 these bytes give other names: not one of them may be taken for a good one."""
    raw = f"{HEAD}\n{ROW}\n{ROW.replace('Field', name)}".encode(encoding)
    (error,) = refused(raw)
    assert error["rule"] == "encoding"
    assert "line 3" in error["message"]
    assert "CSV UTF-8" in error["message"]


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", "Иван,Петров".encode("cp1251"), b"first_name\x81"])
def test_what_is_text_in_no_encoding_says_how_to_save(raw: bytes) -> None:
    with pytest.raises(NoText, match="CSV UTF-8"):
        read(raw)


def zipped(*names: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            content = "application/vnd.oasis.opendocument.spreadsheet" if name == "mimetype" else "x"
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
        (zipped("mimetype", "content.xml"), ".ods"),
        (zipped("Index/Document.iwa"), ".numbers"),
        (zipped("word/document.xml"), ".docx"),
        (zipped("people.csv"), "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200), ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html><table><tr><td>first_name", "web page"),
        (b"\r\n<table><tr><td>first_name", "web page"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\\rtf1 first_name", ".rtf"),
        (b'[{"first_name": "Sam"}]', "JSON"),
        (b'{"first_name": "Sam"}', "JSON"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nfirst_name', "multipart"),
    ],
)
def test_a_file_of_another_kind_is_named_by_its_content(raw: bytes, name: str) -> None:
    (error,) = refused(raw)
    assert (error["field"], error["rule"]) == ("file", "file-kind")
    assert name in error["message"]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", " , ,\n", HEAD, f"{HEAD}\n,,,\n"])
def test_a_file_without_rows_says_so(text: str) -> None:
    assert [error["rule"] for error in refused(text)] == ["empty"]


def test_a_wrong_column_is_named_with_its_place_and_the_nearest_right_one() -> None:
    (typo,) = refused(f"first_name,last_name,email,level,recuiter_name\n{ROW},Robin")
    assert (typo["field"], typo["rule"]) == ("column E", "columns")
    assert "“recuiter_name”" in typo["message"]
    assert "Did you mean recruiter_name?" in typo["message"]
    found = refused(f"first_name,lst_name,email,level\n{ROW}")
    assert [error["field"] for error in found] == ["column B", "last_name"]
    (extra,) = refused(f"{HEAD},ssn\n{ROW},x")
    assert "take this column out" in extra["message"]


@pytest.mark.brings("P12")
@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("E-mail address", "email"),
        ("Agent First Name", "first_name"),
        ("Recruiter's e-mail address", "recruiter_email"),
        ("Level with the carrier", "level"),
        ("NPN (license no.)", "npn"),
    ],
)
def test_a_column_under_a_longer_name_is_not_thrown_out_but_named(cell: str, meant: str) -> None:
    names = [cell, *(one for one in NAMES if one != meant)]
    with pytest.raises(InvalidRequest) as refused:
        read((",".join(names) + "\n" + ",".join("x" for _ in names) + "\n").encode())
    (culprit, *_) = refused.value.facts["errors"]
    assert culprit["field"] == "column A"
    assert f"Did you mean {meant}?" in culprit["message"]


def test_missing_and_repeated_columns_are_named() -> None:
    assert [error["field"] for error in refused("first_name,last_name\nSam,Field")] == ["email", "level"]
    (twice,) = refused(f"{HEAD},E-Mail\n{ROW},x")
    assert twice["field"] == "email"
    assert "C, E" in twice["message"]


def test_a_first_row_of_data_and_a_file_that_lost_its_line_ends_are_told() -> None:
    (error,) = refused(f"{ROW}\n{ROW}")
    assert "has to name the columns" in error["message"]
    assert "line breaks were lost" not in error["message"]
    (lost,) = refused(f"{HEAD}{ROW}{ROW}")
    assert "line breaks were lost" in lost["message"]


def test_a_columns_name_in_an_answer_is_short_and_visible() -> None:
    (error,) = refused(f"{HEAD},=HYPERLINK(evil)\x07{'x' * 99}<script>\n{ROW}")
    assert "“=HYPERLINK(evil)xxx" in error["message"]
    assert "\x07" not in error["message"]
    assert "<script>" not in error["message"]
    assert len(error["message"]) < 120


@pytest.mark.parametrize(
    "head",
    [
        "First Name,Last-Name,E-MAIL,Level",
        "\ufefffirst_name , last_name,\u00a0email,LEVEL",
        '"first_name","last_name","email","level"',
        "“first_name”,“last_name”,“email”,“level”",
        "firstName,lastName,email,level",
        "first_name,last_name,email,level,,,",
    ],
)
def test_the_names_of_columns_are_read_however_they_are_written(head: str) -> None:
    (row,) = read(f"{head}\n{ROW}".encode()).rows
    assert (row.cells["first_name"], row.cells["level"], row.beyond) == ("Sam", "4", ())


def test_values_under_no_name_are_told_by_their_column() -> None:
    (row,) = read(f"{HEAD},,\n{ROW},,x,y".encode()).rows
    assert row.beyond == ("F", "G")
    assert [letters(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_quotation_mark_that_is_not_closed_is_told_with_its_row() -> None:
    (error,) = refused(f'{HEAD}\n\n{ROW}\n"Sam,Field,x@example.com,4\n{ROW}')
    assert (error["rule"], "row 4" in error["message"]) == ("csv", True)


def test_ten_thousand_rows_are_refused_with_their_number_and_the_number_of_files() -> None:
    (error,) = refused("\n".join([HEAD, *[ROW] * 10_000]))
    assert error["rule"] == "too-many-rows"
    assert "10,000 rows" in error["message"]
    assert "20 files" in error["message"]
    assert len(read("\n".join([HEAD, *[ROW] * 500]).encode()).rows) == 500


def test_the_template_is_a_file_that_is_read_once_it_is_filled_in() -> None:
    cells = {"first_name": "Zoë", "last_name": "Field", "email": "zoe@example.com", "level": "4"}
    text = template() + ",".join(cells.get(name, "") for name in NAMES) + "\r\n"
    table = read(text.encode())
    assert (table.encoding, table.rows[0].cells["first_name"]) == ("utf-8", "Zoë")


def test_the_page_tells_the_columns_that_are_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "invitation-files.md").read_text()
    told = re.findall(r"^\| `(\w+)` \| (yes|) ?\| (.+) \|$", page, re.MULTILINE)
    assert told == [(column.name, "yes" if column.needed else "", column.holds) for column in COLUMNS]
    assert set(NEEDED) < set(NAMES)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ('="0012345"', "0012345"),
        ("'6155550100", "6155550100"),
        ("1234567.0", "1234567"),
        ("“Sam”", "Sam"),
        ("  Sam ", "Sam"),
        ("’t Hooft", "’t Hooft"),
        ("'t Hooft", "'t Hooft"),
        ('=HYPERLINK("x")', '=HYPERLINK("x")'),
        ('="a"&"b"', '="a"&"b"'),
        ("12.5", "12.5"),
    ],
)
def test_what_a_spreadsheet_put_around_a_value_is_taken_off(cell: str, written: str) -> None:
    assert restored(cell) == written


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("1.23457E+09", "rounded-number"),
        ("6,15556E+09", "rounded-number"),
        ("1E-07", "rounded-number"),
        ("4-Jan", "became-a-date"),
        ("Mar-04", "became-a-date"),
        ("1-Sep-2026", "became-a-date"),
        ("1/4/2026", "became-a-date"),
        ("2026-01-04 00:00:00", "became-a-date"),
        ("#N/A", "spreadsheet-error"),
        ("######", "spreadsheet-error"),
        ("#REF!", "spreadsheet-error"),
        ("Mu?oz", "letters-lost"),
        ("?lvarez", "letters-lost"),
        ("Jos?", "letters-lost"),
        ("Mu\ufffdoz", "letters-lost"),
        ("MuÃ±oz", "letters-lost"),
    ],
)
def test_what_a_spreadsheet_destroyed_is_named_with_its_cause(cell: str, rule: str) -> None:
    with pytest.raises(Refusal) as refusal:
        refuse_damage(cell, words=True)
    assert refusal.value.rule == rule


@pytest.mark.parametrize(
    "cell", ["", "4", "1234567", "(615) 555-0100", "615-555-0100", "AL TN", "José", "May", "Agency 7e12", "12e45"]
)
def test_whole_cells_are_left_alone(cell: str) -> None:
    refuse_damage(cell, words=True)
