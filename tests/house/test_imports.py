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
    "doors": {"usecases", "http", "wiring", "domain", "views", "aws_lambda_powertools", "pydantic", "urllib3"},
    "wiring": {"*"},
    "settings": set(),
    "http": {"ports", "domain", "views", "http", "aws_lambda_powertools", "pydantic"},
    "adapters": {"ports", "domain", "adapters", "evidence", "packet_types", "*libraries"},
    "packet_types": {"domain", "pydantic"},
    "evidence": {"domain", "ports", "evidence", "*libraries"},
    "usecases": {"usecases", "ports", "domain", "views", "evidence", "pydantic"},
    "views": {"views", "domain", "pydantic"},
    "ports": {"domain"},
    "domain": {"domain", "idna", "pydantic", "pydantic_core", "typing_extensions"},
}
# The rooms of the use cases, from the top floor down: an arrow leads to a lower floor, never back up or sideways.
FLOORS = (
    {"department"},
    {"news"},
    {"signing", "screening"},
    {"interview"},
    {"appointing", "invitations", "access", "certification", "corrections"},
    {"commit"},
)
# The rooms of the domain, likewise. What lies at its root (packet, errors, outbox ...) is free to all.
DOMAIN_FLOORS = ({"signing"}, {"interview"}, {"appointing", "access"}, {"screening", "fields"})

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


def room_of(dotted: str, layer: str) -> str | None:
    """`econtracting.usecases.signing.finish` lies in the room `signing`; a module at the layer's root in none."""
    parts = dotted.split(".")
    inside = parts[:2] == [OURS, layer] and len(parts) > 2 and (FUNCTIONS / OURS / layer / parts[2]).is_dir()
    return parts[2] if inside else None


def arrows(layer: str) -> set[tuple[str, str, str]]:
    """(room, room it imports from, file) of a layer."""
    found = set()
    for path in (FUNCTIONS / OURS / layer).rglob("*.py"):
        here = room_of(".".join(path.relative_to(FUNCTIONS).with_suffix("").parts), layer)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                there = {room_of(name, layer) for name in names} - {None, here}
                found |= {(here, room, path.name) for room in there if here is not None and room is not None}
    return found


@pytest.mark.parametrize(("layer", "floors"), [("usecases", FLOORS), ("domain", DOMAIN_FLOORS)])
def test_no_capability_imports_from_its_own_floor_or_from_above(layer: str, floors: tuple[set[str], ...]) -> None:
    level = {room: height for height, rooms in enumerate(floors) for room in rooms}
    folders = {path.name for path in (FUNCTIONS / OURS / layer).iterdir() if path.is_dir() and path.name[0] != "_"}
    assert folders == set(level), "every room has its floor"
    wrong = [
        f"{file} leads from {one} up to {other}" for one, other, file in arrows(layer) if level[one] >= level[other]
    ]
    assert wrong == []


@pytest.mark.parametrize("layer", ["usecases"])
def test_every_use_case_lies_in_a_room(layer: str) -> None:
    flat = [path.name for path in (FUNCTIONS / OURS / layer).glob("*.py") if path.name != "__init__.py"]
    assert flat == []
