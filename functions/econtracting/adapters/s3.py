"""Write-once documents in S3: versioned, and the first writer of a key wins."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from econtracting.adapters.failures import translated
from econtracting.adapters.write_once import put_once
from econtracting.domain.errors import NotFound
from econtracting.ports import StoredObject


class S3Documents:
    def __init__(self, client: Any, bucket: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._bucket = bucket
        self._sleep = sleep

    @translated
    def keep(self, key: str, content: bytes, content_type: str = "application/pdf") -> StoredObject:
        answer = put_once(
            self._client,
            self._sleep,
            Bucket=self._bucket,
            Key=key,
            Body=content,
            ContentType=content_type,
            ChecksumAlgorithm="SHA256",
        )
        if answer is None:
            answer = self._client.head_object(Bucket=self._bucket, Key=key)
        return StoredObject(key, answer.get("VersionId"))

    @translated
    def read(self, key: str, version: str | None = None) -> bytes:
        which = {"VersionId": version} if version else {}
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, **which)
        except self._client.exceptions.NoSuchKey as error:
            raise NotFound("this document is not stored", code="document-not-found") from error
        content: bytes = answer["Body"].read()
        return content
