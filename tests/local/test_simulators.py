"""Every simulator has its place: a port, a process, a row of the page and a test."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from local.config import ROOT, SIMULATORS, Ports
from local.simulators.__main__ import APPLICATIONS

FOLDER = ROOT / "local" / "simulators"


def answers_as_a_vendor(path: Path) -> bool:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(node, ast.FunctionDef) and node.name == "application" for node in body)


VENDORS = [path.stem for path in sorted(FOLDER.glob("*.py")) if answers_as_a_vendor(path)]


def test_a_simulator_has_a_port_and_a_vendors_port_a_simulator() -> None:
    assert set(APPLICATIONS) <= set(SIMULATORS), "local/config.py gives no port to one of local/simulators/__main__.py"
    assert set(SIMULATORS) <= set(APPLICATIONS), "local/simulators/__main__.py starts nothing for a port"


def test_no_two_parts_listen_on_one_port() -> None:
    ports = [getattr(Ports(), port.name) for port in fields(Ports)]
    assert len(set(ports)) == len(ports), "local/config.py"


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_simulator_can_be_started_and_is_tried(vendor: str) -> None:
    started = {application.__module__ for application in APPLICATIONS.values()}
    assert f"local.simulators.{vendor}" in started, f"local/simulators/__main__.py does not start {vendor}"
    test = ROOT / "tests" / "local" / f"test_{vendor}.py"
    assert test.is_file(), f"tests/local/{test.name} is not there; it is to try local/simulators/{vendor}.py"


@pytest.mark.parametrize("name", SIMULATORS)
def test_the_page_tells_a_simulators_address_and_its_variable(name: str) -> None:
    page = (ROOT / "local" / "README.md").read_text(encoding="utf-8")
    row = f"| http://127.0.0.1:{getattr(Ports(), name)} | `{name.upper()}_PORT` |"
    assert row in page, f"local/README.md has no row that ends in {row}"
