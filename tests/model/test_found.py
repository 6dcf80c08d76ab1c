"""What once broke between acts in an unlucky order, step by step as it was shortest, so that it stays found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from econtracting.domain.packet import Status
from tests.model.product import Product
from tests.model.stages import Stages

FOUND: dict[str, Callable[[Product], None]] = {}


def found(steps: Callable[[Product], None]) -> Callable[[Product], None]:
    FOUND[steps.__name__] = steps
    return steps


@found
def a_correction_is_asked_for_before_anything_was_signed(product: Product) -> None:
    product.begin(stage="invited")
    product.the_first_goes_on(steps=4)
    product.asks_for_a_correction(number=0)


@found
def a_correction_is_asked_for_before_the_execution_sleeps_for_the_report(product: Product) -> None:
    product.begin(stage="signed")
    product.finishes(number=0, times=1)
    product.the_sweep_runs()
    while product.case(0).status is not Status.BACKGROUND_CHECK:
        product.executions_go_on(steps=1)
    product.asks_for_a_correction(number=0)
    product.everything_settles()
    product.time_passes(hours=520)
    product.everything_settles()


@pytest.mark.parametrize("steps", FOUND.values(), ids=FOUND)
def test_what_was_found_once_ends_well(walked: Stages, steps: Callable[[Product], None]) -> None:
    class Here(Product):
        stages = walked

    product = Here()
    try:
        steps(product)
        product.everything_holds()
    finally:
        product.teardown()
