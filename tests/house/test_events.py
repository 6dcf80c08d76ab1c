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
    assert f"| `{kind.detail_type}` |" in (events.FOLDER / "README.md").read_text()
    assert f"({events.name_of(kind)})" in (events.FOLDER / "README.md").read_text()


def test_the_example_of_the_readme_is_valid() -> None:
    text = (events.FOLDER / "README.md").read_text()
    example = json.loads(text.partition("```json\n")[2].partition("```")[0])
    schema = json.loads((events.FOLDER / f"{example['detail-type']}.v1.json").read_text())
    Draft202012Validator(schema).validate(example["detail"])


def test_only_the_models_are_published() -> None:
    sources = (ROOT / "functions").rglob("*.py")
    makers = [file.name for file in sources if re.search(r"import [^\n]*\bpublish\b", file.read_text())]
    assert makers == ["lifecycle.py"]
