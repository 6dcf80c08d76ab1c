#!/usr/bin/env bash
# A variable that a Choice looks at and the input does not have: both emulators take the Default branch in silence, and a
# Not around the comparison takes its branch. A misspelled path passes every test. On AWS the execution fails with
# States.Runtime, which no Catch catches; the documentation says to ask IsPresent first.
# The two emulators disagree about IsPresent of a null: moto true, ministack false.
#
# Versions: moto 5.2.5, ministack 1.5.33
# Source: seen by running both, 2026-11-28; https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
# Who meets it: who writes a Choice and tests it on an emulator
# Memory said: moto fails the execution as AWS does, only the smaller emulator goes on by Default
set -euo pipefail
work=$(mktemp -d)
emulator=
end() {
    [ -z "$emulator" ] || { kill "$emulator" 2>/dev/null || true; wait "$emulator" 2>/dev/null || true; }
    rm -rf "$work"
}
trap end EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'moto[stepfunctions]==5.2.5' 'ministack==1.5.33'
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1
port=$("$work/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$work"
GATEWAY_PORT=$port BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 LAMBDA_EXECUTOR=local PERSIST_STATE=0 \
    STATE_DIR="$work/state" TMPDIR="$work" "$work/venv/bin/python" -m ministack.app >"$work/log" 2>&1 &
emulator=$!
export ENDPOINT=http://127.0.0.1:$port
"$work/venv/bin/python" - <<'PY'
import json, logging, os, sys, time, urllib.request
import boto3
from moto import mock_aws

logging.disable()  # moto reports each failed state at length

def ready():
    for _ in range(120):
        try:
            with urllib.request.urlopen(os.environ["ENDPOINT"] + "/_ministack/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit("the emulator did not start")


def branch(client, name, rule, given):
    states = {
        "Ask": {"Type": "Choice", "Choices": [rule | {"Next": "Taken"}], "Default": "Other"},
        "Taken": {"Type": "Pass", "Result": {"went": "rule"}, "End": True},
        "Other": {"Type": "Pass", "Result": {"went": "default"}, "End": True},
    }
    machine = client.create_state_machine(
        name=name, definition=json.dumps({"StartAt": "Ask", "States": states}), roleArn="arn:aws:iam::000000000000:role/r"
    )["stateMachineArn"]
    run = client.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"]
    for _ in range(100):
        told = client.describe_execution(executionArn=run)
        if told["status"] != "RUNNING":
            return json.loads(told["output"])["went"] if told["status"] == "SUCCEEDED" else told["error"]
        time.sleep(0.1)
    return "still running"


CASES = {
    "no such member": ({"Variable": "$.stand.stauts", "StringEquals": "SEALED"}, {"stand": {"status": "SEALED"}}),
    "not of it": ({"Not": {"Variable": "$.stand.stauts", "StringEquals": "X"}}, {"stand": {"status": "SEALED"}}),
    "null is present": ({"Variable": "$.stand", "IsPresent": True}, {"stand": None}),
}
EXPECTED = {
    "moto": {"no such member": "default", "not of it": "rule", "null is present": "rule"},
    "ministack": {"no such member": "default", "not of it": "rule", "null is present": "default"},
}


def outcomes(client):
    return {name: branch(client, f"m{at}", *case) for at, (name, case) in enumerate(CASES.items())}


with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
    seen = {"moto": outcomes(boto3.client("stepfunctions"))}
ready()
seen["ministack"] = outcomes(boto3.client("stepfunctions", endpoint_url=os.environ["ENDPOINT"]))
print(json.dumps(seen, indent=1))
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
