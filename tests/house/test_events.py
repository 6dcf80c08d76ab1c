"""The lifecycle events' published schemas are the models', and nothing else is put on the bus."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from econtracting.domain.lifecycle import KINDS, LifecycleEvent
from tools import events

ROOT = Path(__file__).parents[2]


def test_the_published_schemas_are_those_of_the_models() -> None:
    assert events.stale() == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.detail_type)
def test_a_schema_is_one_and_the_readme_leads_to_it(kind: type[LifecycleEvent]) -> None:
    published: dict[str, Any] = json.loads((events.FOLDER / events.name_of(kind)).read_text())
    Draft202012Validator.check_schema(published)
    page = (events.FOLDER / "README.md").read_text()
    assert f"| `{kind.detail_type}` |" in page, "docs/events/README.md"
    assert f"({events.name_of(kind)})" in page, "docs/events/README.md"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.detail_type)
def test_a_kind_of_event_is_published_by_the_store_or_by_a_use_case(kind: type[LifecycleEvent]) -> None:
    home = ROOT / "functions" / "econtracting"
    sources = [home / "domain" / "lifecycle.py", *(home / "usecases").rglob("*.py")]
    used = re.compile(rf"\(\s*(?:lifecycle\.)?{kind.__name__},\s*[a-z]")
    uses = [path.name for path in sources if used.search(path.read_text())]
    assert uses, f"nothing below functions/econtracting/usecases publishes {kind.__name__}"


def test_every_kind_that_the_readme_tells_of_is_there() -> None:
    told = re.findall(r"^\| `([\w.]+)` \|", (events.FOLDER / "README.md").read_text(), re.MULTILINE)
    assert told == [kind.detail_type for kind in KINDS], "functions/econtracting/domain/lifecycle.py"


def test_the_example_of_the_readme_is_valid() -> None:
    text = (events.FOLDER / "README.md").read_text()
    example = json.loads(text.partition("```json\n")[2].partition("```")[0])
    schema = json.loads((events.FOLDER / f"{example['detail-type']}.v1.json").read_text())
    Draft202012Validator(schema).validate(example["detail"])


def test_only_the_models_are_published() -> None:
    sources = (ROOT / "functions").rglob("*.py")
    makers = [file.name for file in sources if re.search(r"import [^\n]*\bpublish\b", file.read_text())]
    assert makers == ["lifecycle.py"]
