"""Notes what every handler asks of AWS while the suites run; the test that judges it comes last."""

import pytest

from tests.rights import Observer

LAST = "test_observed_rights.py"


@pytest.fixture(scope="session", autouse=True)
def observer() -> Observer:
    observer = Observer()
    observer.install()
    return observer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name == LAST)
