"""The security page names tests that exist."""

from __future__ import annotations

import re

from tests.support.deployed import ROOT

NAMED = re.compile(r"`(test_\w+)`")
FILE = re.compile(r"`((?:domain|adapters|usecases|functions|workflow|house|access)/[\w/]*(?:test_\w+\.py)?)`")


def test_every_test_the_security_page_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(NAMED.findall(page))
    assert len(named) > 40
    assert {name for name in named if f"def {name}(" not in code} == set()


def test_every_test_file_the_security_page_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    homes = ("tests", "tests/functions", "functions/econtracting")
    named = [name for name in FILE.findall(page) if name.endswith(".py")]
    assert named
    assert [name for name in named if not any((ROOT / home / name).exists() for home in homes)] == []
