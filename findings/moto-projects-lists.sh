#!/usr/bin/env bash
# A projection that asks for a member inside one element of a list and for another element whole gets only the whole one
# from moto. Asked for alone, the member comes. DynamoDB and ministack give both.
#
# Versions: moto 5.2.5
# Source: seen by running it, 2026-11-28;
#   https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
# Who meets it: who reads parts of a list to save bytes
# Memory said: both parts come, in the list's order
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'moto[dynamodb]==5.2.5'
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1
"$work/venv/bin/python" - <<'PY'
import json, sys
import boto3
from moto import mock_aws

LICENSES = [{"S": "TN"}, {"S": "GA"}, {"M": {"state": {"S": "FL"}, "since": {"S": "2026-11-02"}}}]
EXPECTED = {
    "licenses[2].since": [{"M": {"since": {"S": "2026-11-02"}}}],
    "licenses[1]": [{"S": "GA"}],
    "licenses[2].since, licenses[1]": [{"S": "GA"}],
}

with mock_aws():
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="rows",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="rows", Item={"id": {"S": "a"}, "licenses": {"L": LICENSES}})
    seen = {}
    for asked in EXPECTED:
        answer = client.get_item(TableName="rows", Key={"id": {"S": "a"}}, ProjectionExpression=asked)
        seen[asked] = answer["Item"]["licenses"]["L"]
for asked, parts in seen.items():
    print(f"{asked}: {json.dumps(parts)}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
