"""A state machine's executions: started once per name, woken by token, asked whether they run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from econtracting.adapters.failures import translated

# Late, repeated and unknown tokens are told apart by AWS but mean the same: someone has done it.
SPENT = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")


class StepFunctions:
    def __init__(self, client: Any, machine_arn: str) -> None:
        self._client = client
        self._arn = machine_arn

    @translated
    def start(self, name: str, references: Mapping[str, Any]) -> None:
        try:
            self._client.start_execution(stateMachineArn=self._arn, name=name, input=json.dumps(dict(references)))
        except self._client.exceptions.ExecutionAlreadyExists:
            return

    @translated
    def running(self, name: str) -> bool:
        arn = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            return bool(self._client.describe_execution(executionArn=arn)["status"] == "RUNNING")
        except self._client.exceptions.ExecutionDoesNotExist:
            return False

    @translated
    def wake(self, token: str, output: Mapping[str, Any]) -> None:
        try:
            self._client.send_task_success(taskToken=token, output=json.dumps(dict(output)))
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in SPENT:
                raise
