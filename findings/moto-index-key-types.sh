#!/usr/bin/env bash
# moto takes items whose values for the keys of an index have the wrong type: a number for the partition key declared a
# text, a text for the sort key declared a number. Only a null is refused, and then the message names the other key's
# type. DynamoDB and ministack refuse all three.
#
# Versions: moto 5.2.5
# Source: seen by running it, 2026-11-28;
#   https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes
# Who meets it: who writes a number into an index of texts: green tests, and every write refused after deployment
# Memory said: both keys of an index are checked
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

EXPECTED = ["taken", "taken", "Type mismatch for Index Key at Expected: S Actual: NULL IndexName: by_agency", 1]


def put(client, name, agency, at):
    try:
        client.put_item(TableName="rows", Item={"id": {"S": name}, "agency": agency, "at": at})
    except ClientError as refused:
        return refused.response["Error"]["Message"].partition(": ")[2]
    return "taken"


with mock_aws():
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="rows",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "agency", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_agency",
                "KeySchema": [
                    {"AttributeName": "agency", "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    seen = [
        put(client, "a", {"N": "7"}, {"N": "1"}),
        put(client, "b", {"S": "7"}, {"S": "1"}),
        put(client, "c", {"S": "7"}, {"NULL": True}),
    ]
    found = client.query(
        TableName="rows",
        IndexName="by_agency",
        KeyConditionExpression="agency = :agency",
        ExpressionAttributeValues={":agency": {"S": "7"}},
    )
    seen.append(found["Count"])
print("partition key of the index as a number:", seen[0])
print("sort key of the index, declared a number, as a text:", seen[1])
print("sort key of the index, declared a number, as a null:", seen[2])
print("found in the index under the text:", seen[3])
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
