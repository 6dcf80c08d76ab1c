from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from econtracting import wiring
from econtracting.adapters.pace import EvenPace
from tests.support import atomic
from tests.support.world import World, build

atomic.install()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The deployed product on moto; refusals are not slowed down, but where a test is about that."""
    with mock_aws(config={"lambda": {"use_docker": False}}):
        built = build(monkeypatch)
        monkeypatch.setattr(wiring, "pace", lambda: EvenPace(0))
        yield built
