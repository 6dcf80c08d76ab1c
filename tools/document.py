"""Parts of docs/scale.md that are written by what measures them."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "scale.md"


def replace_part(name: str, text: str) -> None:
    """Put text between the markers of a part. Raises LookupError for a part that is not there."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    document = DOCUMENT.read_text()
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(document):
        raise LookupError(f"docs/scale.md has no part {name}")
    lines = [line if line.startswith("|") else textwrap.fill(line, 120) for line in text.splitlines()]
    told = "\n".join([begin, "", *lines, "", end])
    DOCUMENT.write_text(pattern.sub(lambda _: told, document))
