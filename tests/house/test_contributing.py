"""The page for contributors names every law of the house."""

import re

from tests.support.deployed import ROOT


def test_every_law_stands_on_the_page_once() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(test_\w+\.py)` \|", page, re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in (ROOT / "tests" / "house").glob("test_*.py")), (
        "CONTRIBUTING.md"
    )
