"""A screening company's words stop at its adapter: nothing else of functions/ spells them, and only wiring its name.

The words are read from the adapters, so a new word of a company is looked for as soon as it is written there. What is a
plain English word, or what we call a thing ourselves, tells nothing about a company and is left out.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from econtracting.domain.interview.definition import Meaning
from econtracting.domain.screening.background import Check, Report, ScreeningNews, ScreeningResult, ScreeningStatus
from econtracting.ports import Candidate
from tests.support.deployed import ROOT, template

FUNCTIONS = ROOT / "functions"
ADAPTERS = FUNCTIONS / "econtracting/adapters/vendors"
WIRING = FUNCTIONS / "econtracting/wiring.py"
# What the template parameter may be -> that company's adapter.
COMPANIES = {"fairmeadow": "background_checks.py", "ternfield": "ternfield.py"}

OURS = {
    *Candidate._fields,
    *Report._fields,
    *ScreeningNews._fields,
    *Check.model_fields,
    *ScreeningStatus,
    *ScreeningResult,
    *get_args(Meaning),
}
SHORT = {"dob", "zipcode", "postcode"}  # of one piece, but no plain English
# (file, word): what an earlier release stored is read under the first company's words.
ALLOWED = {
    ("econtracting/domain/screening/background.py", "dob"),
    ("econtracting/domain/screening/background.py", "zipcode"),
}


def words_of(adapter: Path) -> set[str]:
    """A company's codes, members, headers and paths, as its adapter spells them."""
    tree = ast.parse(adapter.read_text())
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    values = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]
    members = [
        line.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for line in node.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    ]
    paths = {path for one in values for path in re.findall(r"/v?\d+/[a-z]+", one)}
    codes = {one for one in (*values, *members) if re.fullmatch(r"[A-Za-z]+([_-][A-Za-z]+)+|[A-Z]{5,}", one)}
    return (paths | codes | (SHORT & set(values))) - OURS


def texts() -> list[Path]:
    """Every text of functions/ that belongs to no vendor."""
    found = [path for path in FUNCTIONS.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [path for path in found if path.suffix not in (".ttf", ".pyc") and ADAPTERS not in path.parents]


def spelling(word: str, files: list[Path]) -> set[str]:
    """Which files have it as a word of its own."""
    alone = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(word)}(?![A-Za-z0-9_])")
    return {str(one.relative_to(FUNCTIONS)) for one in files if alone.search(one.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("company", COMPANIES)
def test_a_companys_words_are_in_its_adapter_alone(company: str) -> None:
    words = words_of(ADAPTERS / COMPANIES[company])
    others = [path for path in ADAPTERS.glob("*.py") if path.name != COMPANIES[company]]
    found = {(file, word) for word in words for file in spelling(word, [*texts(), *others])}
    assert found - ALLOWED == set()


def test_the_words_that_are_looked_for_are_those_of_the_companies() -> None:
    first, second = (words_of(ADAPTERS / one) for one in COMPANIES.values())
    assert {"custom_id", "candidate_id", "dob", "zipcode", "x-signature", "/v1/candidates", "/v1/reports"} <= first
    assert {"your_ref", "tax_number", "AWAITING_SUBJECT", "STRUCK", "ternfield-signature", "/2/orders"} <= second
    assert first & second == set()


def test_every_exception_is_still_needed() -> None:
    assert {(file, word) for file, word in ALLOWED if file in spelling(word, texts())} == ALLOWED


@pytest.mark.parametrize("company", COMPANIES)
def test_a_companys_name_stands_in_wiring_alone(company: str) -> None:
    """But for the notices of a carrier, which must name to the agent who made the report (15 U.S.C. 1681m(a)(3))."""
    named = {path for path in texts() if company in path.read_text(encoding="utf-8").lower()}
    assert WIRING in named
    assert {path for path in named if path.name != "packet.json"} == {WIRING}


def test_the_template_offers_exactly_the_companies_that_have_an_adapter() -> None:
    offered = template()["Parameters"]["BackgroundCheckVendor"]
    assert offered["AllowedValues"] == list(COMPANIES)
    assert offered["Default"] in COMPANIES
    assert {path.name for path in ADAPTERS.glob("*.py")} >= set(COMPANIES.values())


def test_only_functions_that_speak_with_the_company_know_which_it_is() -> None:
    told = {
        name
        for name, resource in template()["Resources"].items()
        if "BACKGROUND_CHECK_VENDOR" in str(resource.get("Properties", {}).get("Environment", {}))
    }
    assert told == {"ProcessFunction", "RelayFunction", "SweepFunction"}


def test_a_company_with_a_webhook_secret_of_its_own_is_not_deployed_without_it() -> None:
    (rule,) = template()["Rules"].values()
    assert rule["RuleCondition"] == {"Equals": [{"Ref": "BackgroundCheckVendor"}, "ternfield"]}
    (assertion,) = rule["Assertions"]
    assert assertion["Assert"] == {"Not": [{"Equals": [{"Ref": "BackgroundCheckWebhookSecret"}, ""]}]}
