#!/usr/bin/env bash
# An execution whose last state gives a text has, in moto, that text itself as its output: not JSON, so a reader that
# parses the output fails on it, or takes the text "5" for a number. After null there is no output at all. Objects, lists
# and numbers are written as JSON. AWS writes JSON always.
#
# Versions: moto 5.2.5 (ministack 1.5.33 writes JSON)
# Source: seen by running it, 2026-11-28; https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
# Who meets it: who reads what an execution answered, in a test or a poller
# Memory said: the output is JSON text whatever its type
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'moto[stepfunctions]==5.2.5'
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1
"$work/venv/bin/python" - <<'PY'
import json, logging, sys, time
import boto3
from moto import mock_aws

logging.disable()  # moto reports each failed state at length

EXPECTED = {"SEALED": "SEALED", "5": "5", "": "", 5: "5", None: None}


def output(client, name, result):
    machine = client.create_state_machine(
        name=name,
        definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": result, "End": True}}}),
        roleArn="arn:aws:iam::000000000000:role/r",
    )["stateMachineArn"]
    run = client.start_execution(stateMachineArn=machine)["executionArn"]
    for _ in range(100):
        told = client.describe_execution(executionArn=run)
        if told["status"] != "RUNNING":
            return told.get("output")
        time.sleep(0.1)
    return "still running"


with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
    client = boto3.client("stepfunctions")
    seen = {result: output(client, f"m{at}", result) for at, result in enumerate(EXPECTED)}
for result, text in seen.items():
    print(f"the state gives {result!r:10} the output reads", "(there is none)" if text is None else text)
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
