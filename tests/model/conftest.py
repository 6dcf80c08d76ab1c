from collections.abc import Iterator

import pytest

from tests.model.stages import Stages, stages


@pytest.fixture(scope="session")
def walked() -> Iterator[Stages]:
    with stages() as walked:
        yield walked
