"""What one file asks of another is there, and what is there is asked for; the file that lacks it is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support import deployed
from tests.support.deployed import ROOT

FUNCTIONS = ROOT / "functions"
WIRING = FUNCTIONS / "econtracting" / "wiring.py"
VENDORS = FUNCTIONS / "econtracting" / "adapters" / "vendors"
SETTING = re.compile(r'\b(?:only|optional|_needed|_seconds)\(\s*"([A-Z][A-Z0-9_]+)"')
# What libraries and Lambda itself read, not we.
OTHERS = re.compile(r"(AWS|POWERTOOLS)_\w+|TZ")


def sources() -> list[Path]:
    """Every module of the project but the tests, and the verifier, which goes out alone."""
    found = (path for top in ("functions", "local", "tools") for path in (ROOT / top).rglob("*.py"))
    return sorted(path for path in found if path.name != "econtracting_verify.py" and "node_modules" not in path.parts)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def home(dotted: str) -> Path | None:
    """The file of a module of the project, or where it would have to lie; None for a library's."""
    top, *rest = dotted.split(".")
    base = next((base for base in (FUNCTIONS, ROOT) if (base / top / "__init__.py").is_file()), None)
    if base is None:
        return None
    folder = base.joinpath(top, *rest)
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


@cache
def names(path: Path) -> frozenset[str]:
    """What a module defines or imports outside of its functions and classes."""
    found: set[str] = set()
    waiting: list[ast.stmt] = list(tree(path).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        found |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        if isinstance(node, ast.TypeAlias):
            found.add(node.name.id)
        waiting += [one for one in ast.walk(node) if isinstance(one, ast.stmt) and one is not node]
    return frozenset(found | {"__doc__", "__file__", "__name__"})


def missing_in(path: Path) -> Iterator[str]:
    """What a module imports that is not there, and what it asks of modules it imports that they do not have."""
    modules: dict[str, Path] = {}
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.ImportFrom) or not node.module or node.level:
            continue
        source = home(node.module)
        if source is None:
            continue
        if not source.is_file():
            yield f"{shown(source)} is not there; {shown(path)} imports it"
            continue
        for alias in node.names:
            inner = home(f"{node.module}.{alias.name}")
            if inner is not None and inner.is_file():
                modules[alias.asname or alias.name] = inner
            elif alias.name not in names(source):
                wanted = shown(inner) if inner is not None and source.name == "__init__.py" else shown(source)
                yield f"{wanted} has no {alias.name}; {shown(path)} imports it"
    own = {one.arg for one in ast.walk(tree(path)) if isinstance(one, ast.arg)}
    own |= {one.id for one in ast.walk(tree(path)) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            source = modules.get(node.value.id) if node.value.id not in own else None
            if source is not None and node.attr not in names(source) and home_of_part(source, node.attr) is None:
                yield f"{shown(source)} has no {node.attr}; {shown(path)} asks for it"


def home_of_part(package: Path, name: str) -> Path | None:
    if package.name != "__init__.py":
        return None
    return next((one for one in (package.parent / f"{name}.py", package.parent / name) if one.exists()), None)


def test_what_a_module_asks_of_another_is_there() -> None:
    absent = [one for path in sources() for one in missing_in(path)]
    assert not absent, "\n".join(absent)


class Family(NamedTuple):
    """A use case that wiring builds: by whom, and where its class is."""

    builder: str
    name: str
    file: Path

    def acts(self) -> set[str]:
        (found,) = (node for node in tree(self.file).body if isinstance(node, ast.ClassDef) and node.name == self.name)
        return {node.name for node in found.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"}

    def askers(self) -> list[str]:
        """Files that have wiring build it."""
        return [shown(path) for path in CODE if f"wiring.{self.builder}()" in CODE[path]]


CODE = {path: path.read_text(encoding="utf-8") for path in sorted(FUNCTIONS.rglob("*.py"))}


def families() -> list[Family]:
    places = {
        alias.name: home(node.module or "")
        for node in ast.walk(tree(WIRING))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("econtracting.usecases")
        for alias in node.names
    }
    return [
        Family(node.name, node.returns.id, place)
        for node in tree(WIRING).body
        if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name)
        if (place := places.get(node.returns.id)) is not None
    ]


@pytest.mark.parametrize("family", families(), ids=lambda family: family.builder)
def test_what_is_asked_of_a_use_case_is_there(family: Family) -> None:
    asked = re.compile(rf"(?<![\w.])(?:wiring\.)?{family.builder}\(\)\.(\w+)")
    wanted = {(name, shown(path)) for path in CODE for name in asked.findall(CODE[path])}
    absent = [f"{path} calls {family.name}.{name}" for name, path in sorted(wanted) if name not in family.acts()]
    assert not absent, f"{shown(family.file)} has no such act: {absent}"


@pytest.mark.parametrize("family", families(), ids=lambda family: family.builder)
def test_every_act_of_a_use_case_is_called(family: Family) -> None:
    """By a door, by wiring or by another use case."""
    called = {act for act in family.acts() if any(re.search(rf"\.{act}\(", text) for text in CODE.values())}
    idle = sorted(family.acts() - called)
    assert not idle, f"no one calls {family.name}.{', '.join(idle)}; it is for {' or '.join(family.askers())}"


def given() -> dict[str, set[str]]:
    """Name of an environment variable -> the functions that the template gives it to."""
    found: dict[str, set[str]] = {}
    everyone: Any = deployed.template()["Globals"]["Function"].get("Environment", {}).get("Variables", {})
    for name, function in deployed.functions().items():
        for variable in {**everyone, **function.get("Environment", {}).get("Variables", {})}:
            found.setdefault(variable, set()).add(name)
    return found


def test_every_setting_is_given_by_the_template() -> None:
    read = {name: shown(path) for path, text in CODE.items() for name in SETTING.findall(text)}
    ungiven = [f"{name}, which {read[name]} reads" for name in sorted(read.keys() - given().keys())]
    assert not ungiven, f"template.yaml gives no function {ungiven}"


def test_every_setting_that_the_template_gives_is_read() -> None:
    read = {name for text in CODE.values() for name in re.findall(r'"([A-Z][A-Z0-9_]+)"', text)}
    left = sorted(name for name in given() if name not in read and not OTHERS.fullmatch(name))
    assert not left, f"template.yaml gives {left}; neither {shown(WIRING)} nor another module reads it"


@pytest.mark.parametrize("adapter", sorted(VENDORS.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_a_vendors_adapter_is_built_by_wiring_and_tried_by_a_test(adapter: Path) -> None:
    dotted = f"econtracting.adapters.vendors.{adapter.stem}"
    assert dotted in CODE[WIRING], f"{shown(WIRING)} does not import {dotted}"
    tests = [path for path in (ROOT / "tests" / "adapters").glob("test_*.py") if dotted in path.read_text()]
    assert tests, f"no test tries {shown(adapter)}; it is to stand in tests/adapters/test_{adapter.stem}.py"


def test_every_route_is_asked_by_a_test() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    silent = []
    for method, path, _ in deployed.routes():
        whole = re.sub(r"\\{\w+\\}", "[^/\"']+", re.escape(path))
        tail = re.escape(path.rpartition("}")[2])
        asked = re.compile(f"[\"'}}]{whole}[\"'?]" + (f"|}}{tail}[\"'?]" if tail else ""))
        if not any(asked.search(text) for text in texts):
            silent.append(f"{method} {path}")
    assert not silent, f"no test below tests/functions or elsewhere asks {silent}"
