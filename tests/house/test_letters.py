"""Every letter is sent by a use case: wording alone is no mail."""

from __future__ import annotations

import re

import pytest

from econtracting.domain.outbox import Letter
from econtracting.usecases.news.still_true import RULES
from tests.support.deployed import ROOT

USE_CASES = ROOT / "functions" / "econtracting" / "usecases"
JUDGES = USE_CASES / "news" / "still_true.py"  # names every letter and sends none


@pytest.mark.parametrize("letter", list(Letter))
def test_a_use_case_sends_the_letter(letter: Letter) -> None:
    named = re.compile(rf"\bLetter\.{letter.name}\b")
    senders = [path.name for path in USE_CASES.rglob("*.py") if path != JUDGES and named.search(path.read_text())]
    assert senders, f"nothing below functions/econtracting/usecases sends Letter.{letter.name}"


@pytest.mark.law("T19")
@pytest.mark.parametrize("letter", list(Letter))
def test_a_letter_that_waited_is_judged_by_a_rule(letter: Letter) -> None:
    assert letter in RULES, f"functions/econtracting/usecases/news/still_true.py has no rule for {letter.name}"
