#!/usr/bin/env bash
# A Map whose ItemsPath leads nowhere runs once, on null, in ministack, and an object counts as a list of one: the
# execution succeeds. A Pass whose InputPath leads nowhere hands on null. moto fails all three, as AWS does.
#
# Versions: ministack 1.5.33, beside moto 5.2.5
# Source: seen by running both, 2026-11-28; https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
# Who meets it: who renames a member of a step's answer and trusts a green journey: an order for the state "null" is placed
# Memory said: both fail the execution with States.Runtime
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


def outcome(client, name, state, given):
    machine = client.create_state_machine(
        name=name,
        definition=json.dumps({"StartAt": "A", "States": {"A": state | {"End": True}}}),
        roleArn="arn:aws:iam::000000000000:role/r",
    )["stateMachineArn"]
    run = client.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"]
    for _ in range(100):
        told = client.describe_execution(executionArn=run)
        if told["status"] != "RUNNING":
            return [told["status"], told.get("output")]
        time.sleep(0.1)
    return ["RUNNING", None]


EACH = {"StartAt": "Order", "States": {"Order": {"Type": "Pass", "End": True}}}
CASES = {
    "no list": ({"Type": "Map", "ItemsPath": "$.sates", "ItemProcessor": EACH}, {"states": ["TN", "GA"]}),
    "an object": ({"Type": "Map", "ItemsPath": "$.states", "ItemProcessor": EACH}, {"states": {"TN": 1}}),
    "no input": ({"Type": "Pass", "InputPath": "$.sates"}, {"states": ["TN"]}),
}
EXPECTED = {
    "moto": {name: ["FAILED", None] for name in CASES},
    "ministack": {
        "no list": ["SUCCEEDED", "[null]"],
        "an object": ["SUCCEEDED", '[{"TN": 1}]'],
        "no input": ["SUCCEEDED", "null"],
    },
}


def outcomes(client):
    return {name: outcome(client, f"m{at}", *case) for at, (name, case) in enumerate(CASES.items())}


with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
    seen = {"moto": outcomes(boto3.client("stepfunctions"))}
ready()
seen["ministack"] = outcomes(boto3.client("stepfunctions", endpoint_url=os.environ["ENDPOINT"]))
print(json.dumps(seen, indent=1))
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
