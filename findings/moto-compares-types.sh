#!/usr/bin/env bash
# A condition or filter that compares a text with a number (both stored and asked for correctly) is false on DynamoDB and
# ministack. moto raises the interpreter's TypeError through the client: no ClientError, so no handler of conditional
# failures sees it, and nothing is written, as if the write had failed.
#
# Versions: moto 5.2.5
# Source: seen by running it, 2026-11-28;
#   https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
# Who meets it: who changes an attribute's type and lets old rows stand
# Memory said: the comparison is false, the condition fails
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'moto[dynamodb]==5.2.5'
export AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=us-east-1
"$work/venv/bin/python" - <<'PY'
import sys
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

KEY = {"id": {"S": "p"}}
EXPECTED = {"<": "TypeError", ">=": "TypeError", "=": "ConditionalCheckFailedException", "<>": "written"}


def outcome(client, operator):
    try:
        client.update_item(
            TableName="rows",
            Key=KEY,
            UpdateExpression="SET seen = :one",
            ConditionExpression=f"tries {operator} :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
    except ClientError as refused:
        return refused.response["Error"]["Code"]
    except Exception as error:
        return type(error).__name__
    return "written"


with mock_aws():
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="rows",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="rows", Item=KEY | {"tries": {"S": "one"}})
    seen = {operator: outcome(client, operator) for operator in EXPECTED}
for operator, told in seen.items():
    print(f'tries = "one", condition tries {operator} 1: {told}')
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
