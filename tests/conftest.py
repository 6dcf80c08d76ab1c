"""Notes while the suites run what every handler asks of AWS, which rows of the catalogs are shown, and the effort.

RIGHTS_SEEN and ROWS_SEEN name the folders in which the first two are kept; the last is printed at the end.
"""

import os
import resource
from pathlib import Path

import pytest

from tests.support import effort
from tests.support.rights import Observer
from tools import reliability

OBSERVER = Observer()
effort.install()


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("ROWS_SEEN"):
        config.pluginmanager.register(reliability.Collector())


@pytest.fixture(scope="session", autouse=True)
def _observed() -> None:
    OBSERVER.install()


@pytest.hookimpl(tryfirst=True)  # before others take tests out of the list
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    OBSERVER.will_run(item.nodeid for item in items)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        OBSERVER.failed.add(report.nodeid)
    if report.when == "teardown":
        OBSERVER.ran.add(report.nodeid)


def pytest_sessionfinish() -> None:
    if folder := os.environ.get("RIGHTS_SEEN"):
        OBSERVER.write(Path(folder))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(effort.told())
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    here, run = (used.ru_utime + used.ru_stime for used in (own, others))
    terminalreporter.write_line(f"processors: {here:.0f} s here, {run:.0f} s in what was run")
