"""What is shipped, listed: a CycloneDX bill of materials for each part, and the licenses of all of it.

python -m tools.sbom            writes build/sbom/*.cdx.json and docs/licenses.md
python -m tools.sbom --check    says whether docs/licenses.md is what would be written
"""

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GENERATOR = ROOT / ".venv/tools/bin/cyclonedx-py"
PARTS = {
    "functions": ROOT / "functions/requirements.txt",
    "documents-layer": ROOT / "layers/documents/requirements.txt",
}
LICENSES = ROOT / "docs/licenses.md"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+))?", re.MULTILINE)
SHORT = {"Apache Software License": "Apache-2.0", "MIT License": "MIT", "BSD License": "BSD"}
ELSEWHERE = ("win32", "darwin", "emscripten", "Windows", "python_full_version <", "PyPy")


def shipped(lock: Path) -> dict[str, str]:
    """Name -> version of what is installed on Lambda's Linux."""
    return {
        name: version.strip()
        for name, version, marker in PINNED.findall(lock.read_text())
        if not any(word in marker and f"!= '{word}" not in marker for word in ELSEWHERE)
    }


def license(name: str) -> str:
    """The license as the package states it; KeyError for one that is not installed or states none."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        raise KeyError(f"{name} is locked but not installed; run make setup") from None
    if stated := about.get("License-Expression"):
        return stated
    classified = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if "License ::" in line]
    if classified:
        return " or ".join(SHORT.get(one, one) for one in classified)
    if stated := about.get("License"):
        return stated.splitlines()[0]
    raise KeyError(f"{name} states no license")


def page() -> str:
    lines = [
        "# Licenses of what is shipped",
        "",
        "Written by `make sbom` from the locked requirements; `npm sbom` in `web/` lists the portal's packages.",
    ]
    for part, lock in PARTS.items():
        rows = [f"| {name} | {version} | {license(name)} |" for name, version in sorted(shipped(lock).items())]
        lines += ["", f"## {part}", "", "| package | version | license |", "| --- | --- | --- |", *rows]
    return "\n".join(lines) + "\n"


def bill(part: str, lock: Path) -> dict[str, Any]:
    """The part's bill of materials, with what each package says of its license."""
    command = [str(GENERATOR), "requirements", "--output-reproducible", "--of", "JSON", str(lock)]
    made: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    known = shipped(lock)
    made["components"] = [one for one in made["components"] if one["name"] in known]
    for component in made["components"]:
        component["licenses"] = [{"license": {"name": license(component["name"])}}]
        # They name the index that happened to be used, and repeat the lock line by line.
        for needless in ("externalReferences", "description"):
            component.pop(needless, None)
    made.setdefault("metadata", {})["component"] = {"type": "application", "name": f"econtracting {part}"}
    names = {one["bom-ref"] for one in made["components"]}
    made["dependencies"] = [one for one in made.get("dependencies", []) if one["ref"] in names]
    return made


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        current = LICENSES.exists() and LICENSES.read_text() == page()
        print("licenses are listed" if current else "docs/licenses.md is stale: make sbom")
        return 0 if current else 1
    LICENSES.write_text(page())
    folder = ROOT / "build/sbom"
    folder.mkdir(parents=True, exist_ok=True)
    for part, lock in PARTS.items():
        made = bill(part, lock)
        (folder / f"{part}.cdx.json").write_text(json.dumps(made, indent=2))
        print(f"build/sbom/{part}.cdx.json: {len(made['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
