"""Uploads in S3: browsers post into quarantine with a signed form; what passed lies beside it, never overwritten."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from econtracting.adapters.failures import translated
from econtracting.adapters.write_once import put_once
from econtracting.domain.errors import NotFound
from econtracting.ports import UploadTarget


class S3Uploads:
    """`client` signs with Signature Version 4, the only one that new regions take."""

    def __init__(self, client: Any, bucket: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._bucket = bucket
        self._sleep = sleep

    @translated
    def target(self, key: str, content_type: str, size: int, life: timedelta) -> UploadTarget:
        form = self._client.generate_presigned_post(
            Bucket=self._bucket,
            Key=key,
            Fields={"Content-Type": content_type},
            Conditions=[["content-length-range", size, size], {"Content-Type": content_type}],
            ExpiresIn=int(life.total_seconds()),
        )
        return UploadTarget(form["url"], form["fields"])

    @translated
    def read(self, key: str, limit: int) -> bytes:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes=0-{limit - 1}")
        except self._client.exceptions.NoSuchKey as error:
            raise NotFound("this upload is not stored", code="attachment-not-found") from error
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvalidRange":  # an empty object has no first byte
                return b""
            raise
        content: bytes = answer["Body"].read()
        return content

    @translated
    def keep(self, key: str, content: bytes, content_type: str) -> None:
        put_once(
            self._client,
            self._sleep,
            Bucket=self._bucket,
            Key=key,
            Body=content,
            ContentType=content_type,
            ContentDisposition="attachment",
            ChecksumAlgorithm="SHA256",
        )

    @translated
    def remove(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)
