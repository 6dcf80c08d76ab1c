"""Decision records have one form, and the index names each of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.deployed import ROOT

FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
PARTS = ["Context", "Choice", "Alternatives", "Consequence", "Undo", "Look again"]
OPTIONAL = {"Consequence"}
LINES = 30  # a record is about ten lines; parts, their blank lines and a table need more
PART = re.compile(r"^\*\*([A-Z][a-z ]+)\.\*\* (\S.*)$", re.MULTILINE)


def title(path: Path) -> tuple[str, str]:
    """Number and title, as the record's first line says them."""
    found = re.fullmatch(r"# (\d{4}) (.+)", path.read_text(encoding="utf-8").splitlines()[0])
    assert found, f"{path.name} begins with '# 0000 The choice in one line'"
    return found[1], found[2]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_the_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert title(path)[0] == path.name[:4], "file and title carry one number"
    parts = [name for name, _ in PART.findall(text)]
    assert parts == [name for name in PARTS if name in parts], f"{path.name}: each part once, in the order of the form"
    assert set(PARTS) - set(parts) <= OPTIONAL, f"{path.name} lacks {sorted(set(PARTS) - set(parts) - OPTIONAL)}"
    assert text.count("\n") <= LINES, f"{path.name} is longer than {LINES} lines"


def test_no_two_records_have_one_number() -> None:
    numbers = [path.name[:4] for path in RECORDS]
    assert len(numbers) > 60
    assert len(set(numbers)) == len(numbers)


def test_the_index_names_each_record_once_in_order() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8").partition("## Index")[2]
    named = re.findall(r"^\* \[(\d{4})\]\(([\w.-]+)\) (.+)$", index, re.MULTILINE)
    assert named == [(title(path)[0], path.name, title(path)[1]) for path in RECORDS], "docs/decisions/README.md"
