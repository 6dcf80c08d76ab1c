"""Where the local emulator was brought nearer to AWS (local/emulator_main.py)."""

from __future__ import annotations

import io
import json
import time
import zipfile

from local.aws import client
from local.demo.stacks import Stacks

BROKEN = "def handler(event, context):\n    raise RuntimeError('broken')\n"
ROLE = "arn:aws:iam::000000000000:role/any"


def test_a_task_that_waits_for_a_token_fails_as_soon_as_its_function_does(stacks: Stacks) -> None:
    url = stacks.one_for("clear").config.url("emulator")
    functions, workflows = client("lambda", url), client("stepfunctions", url)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("broken.py", BROKEN)
    functions.create_function(
        FunctionName="broken",
        Runtime="python3.13",
        Role=ROLE,
        Handler="broken.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    sleeping = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "broken", "Payload": {"token.$": "$$.Task.Token"}},
        "TimeoutSeconds": 300,
        "End": True,
    }
    definition = json.dumps({"StartAt": "Sleep", "States": {"Sleep": sleeping}})
    machine = workflows.create_state_machine(name="broken", definition=definition, roleArn=ROLE)["stateMachineArn"]
    try:
        execution = workflows.start_execution(stateMachineArn=machine)["executionArn"]
        deadline = time.monotonic() + 60
        while (ended := workflows.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < deadline, "it sleeps on"
            time.sleep(0.2)
        assert (ended["status"], "broken" in ended["cause"]) == ("FAILED", True)
    finally:
        workflows.delete_state_machine(stateMachineArn=machine)
        functions.delete_function(FunctionName="broken")
