"""What one file asks of another is there, and what is there is asked for; the file that lacks it is named."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support import deployed
from tests.support.deployed import ROOT
from tools import names
from tools.names import findings

FUNCTIONS = ROOT / "functions"
WIRING = FUNCTIONS / "econtracting" / "wiring.py"
VENDORS = FUNCTIONS / "econtracting" / "adapters" / "vendors"
SETTING = re.compile(r'\b(?:only|optional|_needed|_seconds)\(\s*"([A-Z][A-Z0-9_]+)"')
# What libraries, Python and Lambda itself read, not we.
OTHERS = re.compile(r"(AWS|POWERTOOLS)_\w+|TZ|PYTHONTZPATH")


def test_what_a_module_asks_of_another_is_there() -> None:
    assert not (found := findings()), "\n".join(found)


@pytest.fixture
def spoilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two modules; tests spoil it."""
    asking = [
        "from shop import goods",
        "from shop.goods import Apple",
        "",
        "def sell() -> Apple:",
        "    return goods.pick()",
    ]
    giving = ["class Apple: ...", "", "def pick() -> Apple:", "    return Apple()"]
    for name, lines in (("door/handler", asking), ("door/__init__", []), ("shop/goods", giving), ("shop/__init__", [])):
        path = tmp_path / "functions" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines))
    monkeypatch.setattr(names, "ROOT", tmp_path)
    monkeypatch.setattr(names, "FUNCTIONS", tmp_path / "functions")
    return tmp_path / "functions"


def test_a_project_in_which_all_is_there_has_no_findings(spoilt: Path) -> None:
    assert findings() == []


def test_a_module_that_is_gone_is_named_with_who_wants_it(spoilt: Path) -> None:
    (spoilt / "shop" / "goods.py").unlink()
    assert findings() == [
        "functions/shop/goods.py is not there; functions/door/handler.py imports it",
        "functions/shop/goods.py is not there; functions/door/handler.py imports it",
    ]


def test_a_name_that_is_gone_is_named_with_its_file(spoilt: Path) -> None:
    (spoilt / "shop" / "goods.py").write_text("")
    assert findings() == [
        "functions/shop/goods.py has no Apple; functions/door/handler.py imports it",
        "functions/shop/goods.py has no pick; functions/door/handler.py asks for it",
    ]


class Family(NamedTuple):
    """A use case that wiring builds: by whom, and where its class is."""

    builder: str
    name: str
    file: Path

    def acts(self) -> set[str]:
        (found,) = (
            node for node in names.tree(self.file).body if isinstance(node, ast.ClassDef) and node.name == self.name
        )
        return {node.name for node in found.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"}

    def askers(self) -> list[str]:
        """Files that have wiring build it."""
        return [names.shown(path) for path in CODE if f"wiring.{self.builder}()" in CODE[path]]


CODE = {path: path.read_text(encoding="utf-8") for path in sorted(FUNCTIONS.rglob("*.py"))}


def families() -> list[Family]:
    places = {
        alias.name: names.home(node.module or "")
        for node in ast.walk(names.tree(WIRING))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("econtracting.usecases")
        for alias in node.names
    }
    return [
        Family(node.name, node.returns.id, place)
        for node in names.tree(WIRING).body
        if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name)
        if (place := places.get(node.returns.id)) is not None
    ]


@pytest.mark.parametrize("family", families(), ids=lambda family: family.builder)
def test_what_is_asked_of_a_use_case_is_there(family: Family) -> None:
    asked = re.compile(rf"(?<![\w.])(?:wiring\.)?{family.builder}\(\)\.(\w+)")
    wanted = {(name, names.shown(path)) for path in CODE for name in asked.findall(CODE[path])}
    absent = [f"{path} calls {family.name}.{name}" for name, path in sorted(wanted) if name not in family.acts()]
    assert not absent, f"{names.shown(family.file)} has no such act: {absent}"


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
    read = {name: names.shown(path) for path, text in CODE.items() for name in SETTING.findall(text)}
    ungiven = [f"{name}, which {read[name]} reads" for name in sorted(read.keys() - given().keys())]
    assert not ungiven, f"template.yaml gives no function {ungiven}"


def test_every_setting_that_the_template_gives_is_read() -> None:
    read = {name for text in CODE.values() for name in re.findall(r'"([A-Z][A-Z0-9_]+)"', text)}
    left = sorted(name for name in given() if name not in read and not OTHERS.fullmatch(name))
    assert not left, f"template.yaml gives {left}; neither {names.shown(WIRING)} nor another module reads it"


@pytest.mark.parametrize("adapter", sorted(VENDORS.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_a_vendors_adapter_is_built_by_wiring_and_tried_by_a_test(adapter: Path) -> None:
    dotted = f"econtracting.adapters.vendors.{adapter.stem}"
    assert dotted in CODE[WIRING], f"{names.shown(WIRING)} does not import {dotted}"
    tests = [path for path in (ROOT / "tests" / "adapters").glob("test_*.py") if dotted in path.read_text()]
    assert tests, f"no test tries {names.shown(adapter)}; it is to stand in tests/adapters/test_{adapter.stem}.py"


def test_every_route_is_asked_by_a_test() -> None:
    everybody = ROOT / "tests" / "support" / "onlookers.py"  # asks every route and expects nothing of the answer
    asking = [path for path in (ROOT / "tests").rglob("*.py") if path != everybody]
    texts = [path.read_text(encoding="utf-8") for path in asking]
    silent = []
    for method, path, _ in deployed.routes():
        whole = re.sub(r"\\{\w+\\}", "[^/\"']+", re.escape(path))
        tail = re.escape(path.rpartition("}")[2])
        asked = re.compile(f"[\"'}}]{whole}[\"'?]" + (f"|}}{tail}[\"'?]" if tail else ""))
        if not any(asked.search(text) for text in texts):
            silent.append(f"{method} {path}")
    assert not silent, f"no test below tests/functions or elsewhere asks {silent}"
