"""One walked road for everything here: its stands are reached once, and each test goes back to the one it names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reliability.sweep import Sweep, sweep


@pytest.fixture(scope="package")
def road() -> Iterator[Sweep]:
    with sweep() as walked:
        yield walked
