"""Says what a module of the project asks of another that is not there: a module, a name in it. Nothing is imported.

A type checker says so too, but not in which file it is missing, and tests cannot begin where an import fails.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
FUNCTIONS = ROOT / "functions"


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
                lacking = f"{shown(source)} has no {alias.name}"
                if inner is not None and source.name == "__init__.py":
                    lacking = f"{shown(inner)} is not there"
                yield f"{lacking}; {shown(path)} imports it"
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


def findings() -> list[str]:
    """One line for each thing that is missing; it begins with the file that lacks it."""
    return [one for path in sources() for one in missing_in(path)]


def main() -> int:
    found = findings()
    print("\n".join(found) or "everything is there")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
