"""What people read is American English, and words that were retired stay away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.deployed import ROOT

# What people read, as glob patterns below the project.
READ = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/**/*.md",
    "docs/events/*.json",
    "local/README.md",
    "web/README.md",
    "functions/econtracting/letters/*",
    "functions/econtracting/packet_types/**/*.json",
    "functions/econtracting/packet_types/**/*.typ",
    "functions/econtracting/packet_types/*/texts/*.txt",
    "functions/**/*.py",
    "local/**/*.py",
    "tools/**/*.py",
    "web/src/**/*.ts",
    "web/src/**/*.tsx",
    "template.yaml",
    "statemachine/*.yaml",
    "docs/api/openapi.json",
    "Makefile",
    "scripts/*",
)
# Not ours, or written by a tool from words that stand elsewhere.
EXEMPT = (
    "functions/econtracting/packet_types/shared/fonts/",
    "docs/benchmarks.md",  # by tools/bench
    "web/src/i18n/es.ts",  # Spanish
    "functions/econtracting/packet_types/meridian/words/es.json",  # Spanish
    "web/src/api/schema.ts",
    # They read what earlier releases stored under British names.
    "functions/econtracting/domain/record.py",
    "functions/econtracting/domain/appointing/appointments.py",
    "functions/econtracting/domain/interview/verification.py",
    "functions/econtracting/adapters/secrets.py",
)
# Quoted code keeps its spelling: a vendor's codes, names of tests, routes. So does what a tool writes into a page.
QUOTED = re.compile(r"```.*?```|`[^`\n]+`|\]\([^)\s]*\)|<!-- rows:.*?<!-- /rows -->", re.DOTALL)

BRITISH = (
    r"licenc\w*",
    r"program(?:me|mes)",
    r"cancell(?:ed|ing|er|ers)",
    r"\w*colour\w*",
    r"\w*behaviour\w*",
    r"\w*favour\w*",
    r"\w*honour\w*",
    r"\w*labour\w*",
    r"neighbour\w*",
    r"(?:un|re|dis)?(?:organ|recogn|author|custom|final|initial|minim|maxim|normal|optim|serial|summar|util)is(?:e|es|ed|ing|ation|ations)",
    r"(?:un|mis)?label(?:led|ling)",
    r"(?:re)?model(?:led|ling)",
    r"travel(?:led|ling)",
    r"catalogue\w*",
    r"(?:mis)?judgement\w*",
    r"acknowledgement\w*",
    r"(?:mis)?spelt",
    r"spoilt",
    r"learnt",
    r"cheques?",
    r"centres?",
    r"defence",
    r"offence",
    r"grey",
    r"fulfil",
    r"enrol",
    r"whilst",
    r"artefacts?",
    r"analys(?:e|ed|es|ing)(?<!analyses)",
    r"practis(?:e|ed|ing)",
)
RETIRED = (
    "anew",
    "how-manieth",
    "up to and with",
    "an own",
    "is told as",
    "comes to sleep",
)
WRONG = re.compile(rf"\b(?:{'|'.join((*BRITISH, *RETIRED))})\b", re.IGNORECASE)


def pages() -> list[Path]:
    found = {path for pattern in READ for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if not str(path.relative_to(ROOT)).startswith(EXEMPT))


def wrong_words(text: str) -> list[str]:
    return [found[0] for found in WRONG.finditer(QUOTED.sub(" ", text))]


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_people_read_is_american_english(path: Path) -> None:
    assert wrong_words(path.read_text(encoding="utf-8")) == [], str(path.relative_to(ROOT))


def test_there_is_much_to_read() -> None:
    assert len(pages()) > 150


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The licence was cancelled.", ["licence", "cancelled"]),
        ("Unrecognised behaviour, and a judgement.", ["Unrecognised", "behaviour", "judgement"]),
        ("It is made anew, up to and with the last.", ["anew", "up to and with"]),
        ("A canceled license; analyses of a program; a promise, otherwise surprised.", []),
        ("The test `test_cancelled` and [it](cancelled.md).", []),
    ],
)
def test_the_words_are_found_where_they_stand_and_nowhere_else(text: str, found: list[str]) -> None:
    assert wrong_words(text) == found
