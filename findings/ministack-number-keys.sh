#!/usr/bin/env bash
# A number is one key however it is written: 1 and 1.0 are the same item on DynamoDB. ministack brings a key to one form
# when it puts, conditions and queries, but not when it gets, updates or deletes: an item put under 1 is not got under
# 1.0, a delete of 2.0 leaves 2, and an update of 2.0 makes a second item that is shown under the key 2. boto3 writes a
# Decimal as it was reckoned, so Decimal("2.5") * 4 is such a key.
#
# Versions: ministack 1.5.33, boto3 1.43.106
# Source: seen by running it, 2026-11-28;
#   https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
# Who meets it: who has numbers in keys and reckons them
# Memory said: found under every spelling
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
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'ministack==1.5.33' 'boto3==1.43.106'
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1
port=$("$work/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$work"
GATEWAY_PORT=$port BIND_HOST=127.0.0.1 IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 LAMBDA_EXECUTOR=local PERSIST_STATE=0 \
    STATE_DIR="$work/state" TMPDIR="$work" "$work/venv/bin/python" -m ministack.app >"$work/log" 2>&1 &
emulator=$!
export ENDPOINT=http://127.0.0.1:$port
"$work/venv/bin/python" - <<'PY'
import os, sys, time, urllib.request
from decimal import Decimal
import boto3

def ready():
    for _ in range(120):
        try:
            with urllib.request.urlopen(os.environ["ENDPOINT"] + "/_ministack/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit("the emulator did not start")


ready()
table = boto3.resource("dynamodb", endpoint_url=os.environ["ENDPOINT"]).create_table(
    TableName="rows",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "year", "KeyType": "RANGE"}],
    AttributeDefinitions=[
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "year", "AttributeType": "N"},
    ],
    BillingMode="PAY_PER_REQUEST",
)


def key(year):
    return {"id": "a", "year": year}


reckoned = Decimal("2.5") * 4
table.put_item(Item=key(10) | {"fee": "put"})
seen = {"got": "Item" in table.get_item(Key=key(reckoned))}
table.update_item(Key=key(reckoned), UpdateExpression="SET fee = :fee", ExpressionAttributeValues={":fee": "updated"})
rows = table.scan()["Items"]
seen["after the update"] = sorted((str(row["year"]), row["fee"]) for row in rows)
table.put_item(Item=key(20) | {"fee": "put"})
table.delete_item(Key=key(Decimal("20.0")))
seen["deleted"] = "Item" not in table.get_item(Key=key(20))
EXPECTED = {"got": False, "after the update": [("10", "put"), ("10", "updated")], "deleted": False}
print(f"put under 10, asked for as {reckoned}:")
for what, told in seen.items():
    print(f"{what}: {told}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
