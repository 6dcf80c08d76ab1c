"""Puts bytecode beside the sources of a built application: python -m tools.bytecode BUILD.

Lambda compiles what comes without bytecode at every cold start (docs/benchmarks.md tells what that costs). The files
are of the kind that is never checked against its source, because a package's times say nothing. The Python that runs
this must be of the functions' version; processor and system do not matter.
"""

from __future__ import annotations

import importlib.util
import py_compile
import sys
from hashlib import sha256
from pathlib import Path


def compile_all(build: Path) -> int:
    """Compile every source under a folder of functions and layers, each content once; returns how many there are."""
    seen: dict[tuple[str, str], bytes] = {}
    count = 0
    for part in sorted(one for one in build.iterdir() if one.is_dir()):
        for source in sorted(part.rglob("*.py")):
            place, count = str(source.relative_to(part)), count + 1
            target = Path(importlib.util.cache_from_source(str(source)))
            content = (place, sha256(source.read_bytes()).hexdigest())
            if content not in seen:
                try:
                    made = py_compile.compile(
                        str(source),
                        dfile=place,
                        doraise=True,
                        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                    )
                except py_compile.PyCompileError:
                    continue  # a library's template of code; no one imports it
                seen[content] = Path(str(made)).read_bytes()
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(seen[content])
    return count


if __name__ == "__main__":
    print(f"{compile_all(Path(sys.argv[1]))} sources have bytecode beside them")
