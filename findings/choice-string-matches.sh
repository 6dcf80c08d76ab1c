#!/usr/bin/env bash
# StringMatches knows one wildcard, the star, and \* for a star itself. moto matches like a shell: "?" stands for any
# letter and "[1]" for the letter 1, so a value in brackets does not match its own text. ministack's star stops at a line
# break. In neither does \* match a star.
#
# Versions: moto 5.2.5, ministack 1.5.33
# Source: seen by running both, 2026-11-28; https://states-language.net/spec.html#choice-state
# Who meets it: who routes by a prefix or a file's name in a Choice
# Memory said: the star works alike in both, the rest is literal
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


def matches(client, name, pattern, text):
    states = {
        "Ask": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.text", "StringMatches": pattern, "Next": "Yes"}],
            "Default": "No",
        },
        "Yes": {"Type": "Pass", "Result": {"matches": True}, "End": True},
        "No": {"Type": "Pass", "Result": {"matches": False}, "End": True},
    }
    machine = client.create_state_machine(
        name=name, definition=json.dumps({"StartAt": "Ask", "States": states}), roleArn="arn:aws:iam::000000000000:role/r"
    )["stateMachineArn"]
    run = client.start_execution(stateMachineArn=machine, input=json.dumps({"text": text}))["executionArn"]
    for _ in range(100):
        told = client.describe_execution(executionArn=run)
        if told["status"] != "RUNNING":
            return json.loads(told["output"])["matches"]
        time.sleep(0.1)
    return None


# pattern, text, what the language says, moto, ministack
TABLE = [
    ("W-9*", "W-9 (copy)", True, True, True),
    ("W?9", "W-9", False, True, False),
    ("form[1]*", "form[1].pdf", True, False, True),
    (r"5\*", "5*", True, False, False),
    ("first*last", "first\nlast", True, True, False),
]


def row(client):
    return [matches(client, f"m{at}", pattern, text) for at, (pattern, text, *_) in enumerate(TABLE)]


with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
    moto = row(boto3.client("stepfunctions"))
ready()
ministack = row(boto3.client("stepfunctions", endpoint_url=os.environ["ENDPOINT"]))
for (pattern, text, spec, *_), one, other in zip(TABLE, moto, ministack, strict=True):
    print(f"{pattern:12} {text!r:14} language {spec!s:6} moto {one!s:6} ministack {other}")
unchanged = moto == [line[3] for line in TABLE] and ministack == [line[4] for line in TABLE]
sys.exit(0 if unchanged else "the behavior has changed")
PY
