import pytest

from local.demo.play import play
from local.demo.scenarios import SCENARIOS
from local.demo.stacks import Stacks


@pytest.mark.parametrize("name", sorted(SCENARIOS.keys() - {"clear"}))
def test_the_story_is_verified_step_by_step(stacks: Stacks, name: str) -> None:
    play(name, stacks.one_for(name))
