"""Writing an object of S3 if there is none: the first writer wins, and writers who meet try again."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from econtracting.domain.errors import Unavailable

# Writers meet for as long as an upload takes; whoever waits here has to answer well before a door's own time is over.
ROUNDS, FIRST_PAUSE, LONGEST_PAUSE = 7, 0.05, 1.0  # seconds
STANDS = frozenset({"PreconditionFailed", "412"})
MEETING = frozenset({"ConditionalRequestConflict", "OperationAborted", "409"})


def put_once(client: Any, sleep: Callable[[float], None], **what: Any) -> dict[str, Any] | None:
    """The answer of the write, or None where an object stands already.

    S3 answers writes that overlap with 409 ConditionalRequestConflict, which no mode of the SDK tries again; and one of
    them may still fail, so that nothing stands yet. Source: Amazon S3 User Guide, "Conditional writes". Raises
    Unavailable if they keep meeting, ClientError.
    """
    for round_ in range(ROUNDS):
        if round_:
            sleep(random.uniform(0, min(FIRST_PAUSE * 2**round_, LONGEST_PAUSE)))
        try:
            written: dict[str, Any] = client.put_object(**what, IfNoneMatch="*")
            return written
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in STANDS:
                return None
            if code not in MEETING:
                raise
    raise Unavailable(retry_after=1)
