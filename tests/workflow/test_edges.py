"""The judgment over the whole suite: every edge of both state machines was taken by some execution."""

import pytest

from tests.support import edges
from tests.support.edges import Edge


def test_every_edge_of_both_machines_is_taken_by_the_suite(taken: set[Edge], not_run: set[tuple[str, str]]) -> None:
    if not_run:
        pytest.skip(f"only part of tests/workflow ran in this process: {len(not_run)} tests did not")
    never = sorted(edges.declared() - taken)
    assert not never, "never taken:\n" + "\n".join(
        f"{one.machine}: {one.state} -> {one.to} ({one.why})" for one in never
    )


def test_no_execution_takes_an_edge_that_is_not_declared(taken: set[Edge]) -> None:
    """Else the histories are misread, and the judgment above is worth nothing."""
    assert taken <= edges.declared()
