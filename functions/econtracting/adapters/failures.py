"""AWS's errors as the domain's, in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from botocore.exceptions import BotoCoreError, ClientError

from econtracting.domain.errors import Unavailable


def translated[**P, T](call: Callable[P, T]) -> Callable[P, T]:
    """An AWS call whose outage (throttle, time-out, lost connection, 5xx) becomes Unavailable.

    A 4xx that is not a throttle is a bug of ours and stays what it is.
    """

    @wraps(call)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except BotoCoreError as error:
            raise Unavailable() from error
        except ClientError as error:
            if is_outage(error):
                raise Unavailable() from error
            raise

    return guarded


THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "Throttling",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "LimitExceededException",
        "SlowDown",
        "TransactionInProgressException",
    }
)


def is_outage(error: ClientError) -> bool:
    code = error.response["Error"]["Code"]
    return code in THROTTLES or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
