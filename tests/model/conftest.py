from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.model.invariants", "tests.model.play", "tests.model.wire", "tests.model.case")

from tests.model.stages import Stages, stages  # noqa: E402 - the modules above explain their assertions


@pytest.fixture(scope="package")
def walked() -> Iterator[Stages]:
    with stages() as walked:
        yield walked
