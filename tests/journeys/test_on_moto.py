"""The stories that need no simulator's own tricks, on the other emulator: a promise that holds on one holds on both."""

from collections.abc import Iterator

import pytest

from local.demo.onlookers import Scene
from local.demo.play import play
from tests.journeys import on_moto

STORIES = ("clear", "consider", "declined", "refused", "suspended", "withdrawn")


@pytest.fixture
def scene() -> Iterator[Scene]:
    with on_moto.scene() as scene:
        yield scene


@pytest.mark.parametrize("name", STORIES)
def test_the_story_is_verified_step_by_step_on_moto(scene: Scene, name: str) -> None:
    play(name, scene)
