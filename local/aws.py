"""Clients that can only reach the local emulator."""

from typing import Any

import boto3
from botocore.config import Config as ClientConfig

from local.config import REGION


def client(service: str, endpoint: str, options: ClientConfig | None = None) -> Any:
    """A client for the emulator at this endpoint, whatever the environment says."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=options,
    )
