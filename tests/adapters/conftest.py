from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from econtracting.adapters.dynamodb.limits import DynamoLimits
from econtracting.adapters.dynamodb.outbox import DynamoOutbox
from econtracting.adapters.dynamodb.packets import DynamoPackets
from tests.support import atomic, deployed

atomic.install()

TABLE = "econtracting"


@dataclass
class Store:
    client: Any
    packets: DynamoPackets
    outbox: DynamoOutbox
    limits: DynamoLimits

    def items(self) -> list[dict[str, Any]]:
        return list(self.client.scan(TableName=TABLE)["Items"])


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(TableName=TABLE, **deployed.table())
        yield Store(client, DynamoPackets(client, TABLE), DynamoOutbox(client, TABLE), DynamoLimits(client, TABLE))
