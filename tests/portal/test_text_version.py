"""The text version stands in for what is signed: every word of a paper is in it, whatever letters it is written with.

WCAG 2.2, 1.1.1 and 1.3.1; ISO 32000-2, 14.9.4 for replacement text. No browser is needed: the portal's own code reads
papers as the typesetter writes them.
"""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from econtracting.adapters.packet_files import SHARED
from econtracting.adapters.render import TypstRenderer
from econtracting.domain.fields.characters import unshowable
from local.config import ROOT
from tests.support.paperwork import AT, FACTS

pytestmark = pytest.mark.brings("U14")

WEB = ROOT / "web"
SCRIPT = Path(__file__).with_name("text_version.mjs")
# Letters that have no code point of their own, beside the letters that they are drawn with.
CLUSTERS = ["Ẹ̀bùn", "Elm", "ẹ̀ẹ̀", "e", "ǫ́", "José", "m̧ola", "o̧", "n̄", "nab", "Ag̃uero", "Ẹ̀Ẹ̀", "r̥̄", "ọ́ṣọ̀"]
HYPHENS = ["12‑14", "2019‑2020", "12-14", "12–14"]

NOTHING = "\u034f"  # a font has it, and it shows nothing: the grapheme joiner

Read = Callable[[bytes], list[str]]


@pytest.fixture(scope="module")
def text_version(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """The texts of a paper's blocks, in reading order."""
    found = subprocess.run([ROOT / "scripts/node"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
    if not (WEB / "node_modules/pdfjs-dist").exists():
        pytest.skip("the portal's packages are not installed (npm ci in web/)")
    node = shutil.which("node", path=found)
    assert node is not None
    scratch = tmp_path_factory.mktemp("text-version")

    def read(content: bytes) -> list[str]:
        paper = scratch / "paper.pdf"
        paper.write_bytes(content)
        command = [node, str(SCRIPT), str(WEB), str(scratch), str(paper)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        (pages,) = json.loads(done.stdout)
        return [text for page in pages for block in page for text in _texts(block)]

    return read


def _texts(block: dict[str, Any]) -> list[str]:
    return [block["text"], *(text for child in block["children"] for text in _texts(child))]


@pytest.fixture(scope="module")
def renderer() -> TypstRenderer:
    return TypstRenderer()


def explained(explanation: str, **agent: Any) -> dict[str, Any]:
    """Facts of the made-up agent with an explanation, and other answers about the person."""
    facts = copy.deepcopy(FACTS)
    facts["answers"]["agent"] |= agent
    facts["answers"]["background"]["questions"]["BQ4"]["explanation"] = explanation
    return facts


def words_of(text: str) -> list[str]:
    """As a person reads, accents in their letters."""
    return unicodedata.normalize("NFC", text).split()


def showable() -> list[str]:
    """Every letter and sign that coverage.json calls showable, but for blanks."""
    ranges = json.loads((SHARED / "fonts" / "coverage.json").read_bytes())
    points = [chr(point) for first, last in ranges for point in range(first, last + 1)]
    return [one for one in points if one.strip() and unicodedata.category(one)[0] not in "CZ"]


def test_every_letter_that_is_called_showable_is_in_the_text_version(
    renderer: TypstRenderer, text_version: Read
) -> None:
    """Each at the beginning, in the middle and at the end of a word; accents on two letters."""
    letters = [one for one in showable() if unicodedata.category(one)[0] in "LN"]
    accents = [one for one in showable() if unicodedata.category(one)[0] == "M" and one not in NOTHING]
    signs = [one for one in showable() if unicodedata.category(one)[0] in "PS"]
    accented = [word for one in accents for word in (f"e{one}x", f"Ọ{one}", "e") if not unshowable(word)]
    words = [*(f"{one}x{one}x{one}" for one in letters), *accented]
    assert len(words) > 1200
    text = " ".join([*words, *(f"{one}x{one}" for one in signs)])
    paper = renderer.render("meridian", "background-questionnaire", explained(text), AT)
    given, read = words_of(text), words_of(" ".join(text_version(paper.content)))
    start = read.index(given[0])  # pages part a paragraph
    alike = len(words_of(" ".join(words)))
    assert [pair for pair in zip(given[:alike], read[start:], strict=False) if pair[0] != pair[1]] == []
    assert "".join(given[alike:]) in "".join(read)  # lines part words at signs as they do at blanks


def test_letters_without_a_code_point_and_hyphens_of_all_kinds_stand_in_it_once(
    renderer: TypstRenderer, text_version: Read
) -> None:
    words = [*CLUSTERS, *HYPHENS, *reversed(CLUSTERS)]
    assert not unshowable("".join(CLUSTERS))
    paper = renderer.render("meridian", "background-questionnaire", explained(" ".join(words)), AT)
    read = next(text for text in text_version(paper.content) if "José" in text)
    assert words_of(read) == words_of(" ".join(words))


def test_names_and_addresses_are_read_as_they_were_answered(renderer: TypstRenderer, text_version: Read) -> None:
    home = FACTS["answers"]["agent"]["residential"] | {"line1": "12‑14 Elm Street", "city": "Ọ̀yọ́"}
    facts = explained("2019‑2020", first_name="Ẹ̀bùn", last_name="M̧uñoz‑Ẹ̀gọ́", residential=home)
    paper = renderer.render("meridian", "application", facts, AT)
    read = " ".join(text_version(paper.content))
    for words in ("Ẹ̀bùn", "M̧uñoz‑Ẹ̀gọ́", "12‑14 Elm Street", "Ọ̀yọ́"):
        assert unicodedata.normalize("NFC", words) in read
