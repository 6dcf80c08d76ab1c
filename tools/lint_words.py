"""Checks that every sentence people read is written in every language the product claims.

    python -m tools.lint_words

Goes through the functions' code for sentences, and compares them with `functions/econtracting/words/<language>/*.json`:
one without a reading, a reading whose places differ, and a reading of what no one says any more are findings, each with
its place. Letters to agents are compared with their files in the other languages' folders. How a sentence gets its
languages: CONTRIBUTING.md.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from string import Formatter, Template

from econtracting.domain.words import ENGLISH, LANGUAGES

ROOT = Path(__file__).parents[1]
CODE = ROOT / "functions"
CATALOG = CODE / "econtracting" / "words"

# What is written in English only, and why.
ENGLISH_ONLY = {
    "econtracting/adapters/stamps.py": "printed on the documents, which bind in English",
    "econtracting/domain/appointing/readiness.py": "filled with the texts of the packet type",
    "econtracting/evidence/econtracting_verify.py": "read by experts offline, beside English evidence",
    "econtracting/http/console.py": "the contracting department's console is English",
    "econtracting/http/files.py": "only in the description of the interface",
    "econtracting/usecases/news/deliveries.py": "stands in a letter, which carries both languages itself",
    "econtracting/usecases/signing/certifying.py": "printed on the certificate, which binds in English",
    "invite/handler.py": "only in the description of the interface",
    "process/handler.py": "only an example in the description of the interface",
    "process/widget.py": "the contracting department's console is English",
}
# Sentences that go nowhere else: the programmer's own.
PROGRAMMERS = frozenset({"ValueError", "TypeError", "LookupError", "RuntimeError", "Exception", "debug", "info"})
NAMED = frozenset({"ScreeningCompany"})  # a name and an address are the same in every language
PHRASES = frozenset(status.phrase for status in HTTPStatus)  # the title of what the framework refuses by itself
# Function or class -> which of its positional arguments are sentences, whatever they look like.
SAYS = {"words": (0,), "Words": (0,), "wrong_type": (0,), "Refusal": (1,), "problem": (2, 3)}
SENTENCE = re.compile(r"[A-Z“].*\s.*[.!?]", re.DOTALL)


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(CODE.rglob("*.py")):
        yield path.relative_to(CODE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _refusals() -> frozenset[str]:
    """The names of all refusals, wherever they are declared."""
    bases = {
        node.name: {base.id if isinstance(base, ast.Name) else ast.unparse(base) for base in node.bases}
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"EContractingError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return frozenset(found)


def _name(call: ast.Call) -> str:
    function = call.func
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


class _Sentences(ast.NodeVisitor):
    """The sentences of one file, with their lines, and where one is put together so that it cannot be translated."""

    def __init__(self, refusals: frozenset[str]) -> None:
        self.found: list[tuple[int, str]] = []
        self.unkept: list[int] = []
        self.refusals = refusals

    def visit_Expr(self, node: ast.Expr) -> None:  # the name ast asks for
        if not isinstance(node.value, ast.Constant):  # a docstring is no sentence of the product
            self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:  # the name ast asks for
        if node.name in self.refusals:
            for line in node.body:
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "title":
                    self._say(line.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:  # the name ast asks for
        name = _name(node)
        if name in PROGRAMMERS | NAMED:
            return
        positions = SAYS.get(name, (0,) if name in self.refusals else ())
        for at in positions:
            if at < len(node.args):
                self._say(node.args[at])
                if name == "words" and not isinstance(node.args[at], ast.Constant):
                    self.unkept.append(node.lineno)
        for keyword in node.keywords:
            if name == "joined" and keyword.arg == "by" and ast.literal_eval(keyword.value).strip(" :;,"):
                self._say(keyword.value)
            if keyword.arg != "description":  # of a field or a route: the description of the interface
                self.visit(keyword.value)
        for argument in (node.func, *node.args):
            self.visit(argument)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:  # the name ast asks for
        whole = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        if SENTENCE.fullmatch(whole):
            self.unkept.append(node.lineno)

    def visit_Constant(self, node: ast.Constant) -> None:  # the name ast asks for
        if isinstance(node.value, str) and SENTENCE.fullmatch(node.value):
            self._say(node)

    def _say(self, node: ast.expr) -> None:
        if isinstance(node, ast.JoinedStr):
            self.unkept.append(node.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            self.found.append((node.lineno, node.value))


def sentences() -> tuple[dict[str, list[str]], list[str]]:
    """Every sentence of the code with its places, and the places of those that cannot be translated."""
    found: dict[str, list[str]] = defaultdict(list)
    unkept: list[str] = []
    refusals = _refusals()
    for name, tree in _trees():
        if name in ENGLISH_ONLY:
            continue
        seen = _Sentences(refusals)
        seen.visit(tree)
        for line, text in seen.found:
            found[text].append(f"functions/{name}:{line}")
        unkept += [f"functions/{name}:{line}" for line in seen.unkept]
    return found, sorted(set(unkept))


def readings(language: str) -> dict[str, list[tuple[str, str]]]:
    """Every sentence a language has in the catalog, with its files and readings."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((CATALOG / language).glob("*.json")):
        for english, reading in json.loads(path.read_text(encoding="utf-8")).items():
            found[english].append((path.relative_to(ROOT).as_posix(), reading))
    return found


def places(template: str) -> set[tuple[str, str | None]]:
    """The places of a template, each with the form its value takes."""
    return {(name, form) for _, name, form, _ in Formatter().parse(template) if name is not None}


def findings() -> Iterator[str]:
    """What is wrong, one line each, with its place."""
    said, unkept = sentences()
    for place in unkept:
        yield f"{place}: this sentence is filled before it can be translated; write words('... {{place}}', place=...)"
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        known = readings(language)
        for english, where in said.items():
            if english not in known:
                yield f"{where[0]}: no reading in {language} (functions/econtracting/words/{language}/): {english!r}"
        for english, entries in known.items():
            file = entries[0][0]
            if len(entries) > 1:
                yield f"{file}: also in {entries[1][0]}: {english!r}"
            if english not in said and english not in PHRASES and not english.startswith("pydantic:"):
                yield f"{file}: no one says this any more: {english!r}"
            for file, reading in entries:
                if not reading.strip():
                    yield f"{file}: an empty reading: {english!r}"
                elif not english.startswith("pydantic:") and places(english) != places(reading):
                    yield f"{file}: the places of the reading are not those of {english!r}"


def letter_findings() -> Iterator[str]:
    """Letters to agents that lack a language, or say something else in it. Letters to recruiters are English."""
    for home in (
        CODE / "econtracting" / "letters",
        *sorted((CODE / "econtracting" / "packet_types").glob("*/letters")),
    ):
        english = {path.name: path for path in sorted(home.glob("*.txt"))}
        for language in (one for one in LANGUAGES if one != ENGLISH):
            others = {path.name: path for path in sorted((home / language).glob("*.txt"))}
            for name, path in english.items():
                other = others.pop(name, None)
                if _head(path)["To"] == "recruiter":
                    if other is not None:
                        yield f"{_shown(other)}: letters to recruiters are English"
                elif other is None:
                    yield f"{_shown(home / language / name)} is not there; {_shown(path)} has no reading in {language}"
                elif _form(path) != _form(other):
                    yield f"{_shown(other)}: its blocks and what they name are not those of {_shown(path)}"
            yield from (f"{_shown(path)}: there is no such letter in English" for path in others.values())


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _head(path: Path) -> dict[str, str]:
    head, _, _ = path.read_text(encoding="utf-8").partition("\n\n")
    return dict(line.split(": ", 1) for line in head.splitlines())


def _form(path: Path) -> list[tuple[str, list[str]]]:
    """What each block of a letter is and names, subject and receiver first."""
    blocks = re.split(r"\n{2,}", path.read_text(encoding="utf-8").strip())
    receiver = _head(path)["To"]
    return [(receiver, _form_of(blocks[0])), *((_kind(block), _form_of(block)) for block in blocks[1:])]


def _kind(block: str) -> str:
    return "list" if block.startswith("- ") else block[0] if block[0] in "[>" else "paragraph"


def _form_of(block: str) -> list[str]:
    return sorted(Template(block).get_identifiers()) + ["item"] * block.count("\n- ")


def main() -> int:
    found = [*findings(), *letter_findings()]
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
