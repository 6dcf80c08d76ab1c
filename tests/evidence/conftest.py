"""Says which Pythons the verifier was tried on."""

from __future__ import annotations

import pytest

from tests.support import pythons


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [f"{one.name} ({one.path})" for one in pythons.found()]
    wanted = {f"3.{minor}" for minor in range(pythons.OLDEST[1], pythons.NEWEST[1] + 1)}
    missing = sorted(wanted - {one.name for one in pythons.found()}, key=lambda name: int(name[2:]))
    terminalreporter.write_line(
        f"verifier: Pythons found: {', '.join(told)}; not found: {', '.join(missing) or 'none'}"
    )
