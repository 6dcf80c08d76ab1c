"""The two functions that prepare documents are deployed one after the other: what each reads of the other's release."""

import pytest
from pydantic import ValidationError

from econtracting.domain.signing.preparation import PrepareTask
from tests.support.world import START


def test_a_caller_that_knows_no_places_is_understood() -> None:
    task = PrepareTask.model_validate({"packet_id": "pkt_1", "generation": 1, "frozen_at": START})
    assert task.here is None


def test_a_task_that_says_more_than_is_understood_is_refused_not_printed_otherwise() -> None:
    with pytest.raises(ValidationError):
        PrepareTask.model_validate({"packet_id": "pkt_1", "generation": 1, "frozen_at": START, "later": 1})
