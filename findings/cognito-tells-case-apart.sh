#!/usr/bin/env bash
# A user pool that is declared case-insensitive makes of Ann.King@example.com and ann.king@example.com two people in both
# emulators, and does not find either under the other spelling. On AWS the second is UsernameExistsException, and both
# spellings sign in the one.
#
# Versions: moto 5.2.5, ministack 1.5.33
# Source: seen by running both, 2026-11-28;
#   https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-case-sensitivity.html
# Who meets it: who tests how staff are added, found and removed
# Memory said: the second is refused
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
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'moto[cognitoidp]==5.2.5' 'ministack==1.5.33'
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1
port=$("$work/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$work"
GATEWAY_PORT=$port BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 LAMBDA_EXECUTOR=local PERSIST_STATE=0 \
    STATE_DIR="$work/state" TMPDIR="$work" "$work/venv/bin/python" -m ministack.app >"$work/log" 2>&1 &
emulator=$!
export ENDPOINT=http://127.0.0.1:$port
"$work/venv/bin/python" - <<'PY'
import os, sys, time, urllib.request
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

def ready():
    for _ in range(120):
        try:
            with urllib.request.urlopen(os.environ["ENDPOINT"] + "/_ministack/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit("the emulator did not start")


def told(client):
    pool = client.create_user_pool(
        PoolName="staff", UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False}
    )["UserPool"]["Id"]

    def outcome(act, name):
        try:
            act(UserPoolId=pool, Username=name)
        except ClientError as refused:
            return refused.response["Error"]["Code"]
        return "done"

    client.admin_create_user(UserPoolId=pool, Username="Ann.King@example.com")
    return {
        "found in small letters": outcome(client.admin_get_user, "ann.king@example.com"),
        "made in small letters": outcome(client.admin_create_user, "ann.king@example.com"),
        "people": len(client.list_users(UserPoolId=pool)["Users"]),
    }


EXPECTED = {"found in small letters": "UserNotFoundException", "made in small letters": "done", "people": 2}
with mock_aws():
    seen = {"moto": told(boto3.client("cognito-idp"))}
ready()
seen["ministack"] = told(boto3.client("cognito-idp", endpoint_url=os.environ["ENDPOINT"]))
for emulator, what in seen.items():
    print(f"{emulator}: {what}")
sys.exit(0 if seen == dict.fromkeys(("moto", "ministack"), EXPECTED) else "the behavior has changed")
PY
