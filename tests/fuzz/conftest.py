from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import stages


@pytest.fixture(scope="module")
def road() -> Iterator[stages.Stages]:
    """One packet's road for all requests that are made up; each test puts it back to the stage it names."""
    with stages.stages() as found:
        yield found
