"""The pages of docs/how-to hold: carried out they lead where they say, and a step left out is found and named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.copying import Copy
from tests.support.deployed import ROOT
from tests.support.recipes import LeftOut, Recipe, read

PAGES = ROOT / "docs" / "how-to"
RECIPES = [read(page) for page in sorted(PAGES.glob("*.md")) if page.name != "README.md"]
LEFT_OUT = [(recipe, row) for recipe in RECIPES for row in recipe.left_out]
PYTEST = ".venv/main/bin/python -m pytest -q "
EVERY_CHANGE = {
    "document", "event", "field", "field-type", "mail", "packet-type", "route", "simulator", "state-rule", "vendor",
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    with Copy(tmp_path_factory.mktemp("recipes")) as copy:
        yield copy


@pytest.fixture
def copy(shared: Copy) -> Copy:
    shared.put_back()
    return shared


def carry_out(copy: Copy, recipe: Recipe, *, without: int | None = None) -> None:
    for step in recipe.steps:
        if step.number == without:
            continue
        for command in step.edit(copy.root):
            done = copy.run(command.strip())
            # A command may trip over what was left out before it; that the check says so is what counts then.
            assert done.code == 0 or without is not None, f"{command}\n{done.output}"
        copy.edited(step.file)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_leads_where_it_says(copy: Copy, recipe: Recipe) -> None:
    carry_out(copy, recipe)
    for command in (*recipe.checks, ".venv/main/bin/ruff format --check .", ".venv/main/bin/ruff check ."):
        done = copy.run(command)
        assert done.code == 0, f"{command}\n{done.output}"


@pytest.mark.parametrize(("recipe", "row"), LEFT_OUT, ids=[f"{recipe.name}-{row.step}" for recipe, row in LEFT_OUT])
def test_a_step_that_is_left_out_is_found_and_its_file_named(copy: Copy, recipe: Recipe, row: LeftOut) -> None:
    carry_out(copy, recipe, without=row.step)
    done = copy.run(row.command)
    assert done.code != 0, f"{row.command} passes without step {row.step}"
    assert row.names in done.output, done.output


def test_there_is_a_recipe_for_every_usual_change_and_the_index_leads_to_each() -> None:
    assert {recipe.name for recipe in RECIPES} == EVERY_CHANGE
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| \[[^]]+\]\(([\w-]+)\.md\)", index, re.MULTILINE)) == EVERY_CHANGE, (
        "docs/how-to/README.md"
    )


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_step_has_a_row_that_names_its_file_and_a_check_that_finds_it(recipe: Recipe) -> None:
    numbers = [step.number for step in recipe.steps]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [row.step for row in recipe.left_out] == numbers
    for step, row in zip(recipe.steps, recipe.left_out, strict=True):
        assert step.blocks, f"step {step.number} changes nothing"
        # Where the choice of the file is the author's, its folder is named.
        assert step.file == row.names or step.file.startswith(f"{row.names}/"), f"{row.names} is not {step.file}"
        assert any(_finds(check, row.command) for check in recipe.checks), f"{row.command} is no part of the check"


def _finds(check: str, command: str) -> bool:
    """Whether whoever runs the check runs the command too."""
    if not command.startswith(PYTEST):
        return check == command
    if not check.startswith(PYTEST):
        return False
    wide = check.removeprefix(PYTEST).split()
    return all(
        any(path == one or Path(one) in Path(path).parents for one in wide)
        for path in command.removeprefix(PYTEST).split()
    )
