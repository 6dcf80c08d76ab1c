"""The product against its model: rules in any order, faults among them, I1 to I10 after every step.

EXAMPLES=2000 STEPS=60 (make model) looks deeper, with other examples every time.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.product import Product
from tests.model.stages import Stages

EXAMPLES, STEPS = int(os.environ.get("EXAMPLES", "0")), int(os.environ.get("STEPS", "25"))
USUAL = 12
LENIENT = settings(
    max_examples=EXAMPLES or USUAL,
    stateful_step_count=STEPS,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=bool(EXAMPLES),
)


def test_whatever_anybody_does_in_whatever_order_the_invariants_hold(walked: Stages) -> None:
    class Here(Product):
        stages = walked

    run_state_machine_as_test(Here, settings=LENIENT)
