"""Which way imports point. The table is the law; `docs/decisions/0001-which-way-imports-point.md` says why."""

import ast
import sys
from pathlib import Path

import pytest

from tests.support.deployed import ROOT

FUNCTIONS = ROOT / "functions"
DOORS = ("invite", "auth", "interview", "sign", "process")
OURS = "econtracting"

# part of the house -> what of it, and of the world, it may import; the standard library is free to all
MAY_IMPORT = {
    "doors": {"usecases", "http", "wiring", "domain", "aws_lambda_powertools", "pydantic", "urllib3"},
    "wiring": {"*"},
    "settings": set(),
    "http": {"ports", "domain", "http", "aws_lambda_powertools", "pydantic"},
    "adapters": {"ports", "domain", "adapters", "evidence", "packet_types", "*libraries"},
    "packet_types": {"domain", "pydantic"},
    "evidence": {"domain", "ports", "evidence", "*libraries"},
    "usecases": {"usecases", "ports", "domain", "evidence", "pydantic"},
    "ports": {"domain"},
    "domain": {"domain", "pydantic", "pydantic_core", "typing_extensions"},
}
# usecases and domain must not reach the world even through the standard library
NO_WORLD = {"os", "socket", "subprocess", "urllib.request", "http.client"}


def modules() -> list[Path]:
    return sorted(path for path in FUNCTIONS.rglob("*.py") if path.name != "econtracting_verify.py")


def part_of(path: Path) -> str:
    top, *rest = path.relative_to(FUNCTIONS).with_suffix("").parts
    if top in DOORS:
        return "doors"
    return rest[0] if rest else "ports"


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if node.module == OURS else {node.module}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(FUNCTIONS)))
def test_every_import_points_the_allowed_way(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        return
    allowed = MAY_IMPORT[part]
    door = path.relative_to(FUNCTIONS).parts[0]
    for name in imported(path):
        top, *rest = name.split(".")
        if top == OURS:
            target = rest[0] if rest else part
            assert "*" in allowed or target in allowed, f"{part} imports {name}"
        elif top in DOORS:
            assert top == door, f"door {door} imports door {top}"
        elif top in sys.stdlib_module_names:
            assert part not in ("usecases", "domain", "ports") or not {top, name} & NO_WORLD, f"{part} imports {name}"
        else:
            assert "*" in allowed or "*libraries" in allowed or top in allowed, f"{part} imports {name}"


def test_only_wiring_and_settings_read_the_environment() -> None:
    readers = [path for path in modules() if "os.environ" in path.read_text() or "getenv" in path.read_text()]
    assert [str(path.relative_to(FUNCTIONS)) for path in readers] == ["econtracting/settings.py"]
