"""Runs the emulator, in its own environment, with one difference to AWS taken out.

A task that waits for a token fails on AWS as soon as the function it calls fails, and is tried again. The emulator
drops the failure and waits for a token that no one has, until the wait's time is over.
"""

import sys
import threading
from typing import Any

from ministack.app import main
from ministack.services import stepfunctions

_invoke, _call = stepfunctions._invoke_with_callback, stepfunctions._call_lambda
_waiting = threading.local()


def invoke_with_callback(resource: str, data: Any, token: str, state: dict[str, Any]) -> Any:
    _waiting.token = token
    try:
        return _invoke(resource, data, token, state)
    finally:
        _waiting.token = None


def call_lambda(*given: Any, **named: Any) -> Any:
    try:
        return _call(*given, **named)
    except stepfunctions._ExecutionError as failure:
        sleeper = stepfunctions._task_tokens.get(getattr(_waiting, "token", None))
        if sleeper is not None:
            sleeper["error"] = {"Error": failure.error, "Cause": failure.cause}
            sleeper["event"].set()
        raise


stepfunctions._invoke_with_callback, stepfunctions._call_lambda = invoke_with_callback, call_lambda

if __name__ == "__main__":
    sys.exit(main())
