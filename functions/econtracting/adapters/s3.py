"""Write-once documents in S3: versioned, and the first writer of a key wins."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, BinaryIO, Literal, NamedTuple

from econtracting.adapters.failures import translated
from econtracting.adapters.write_once import put_once
from econtracting.domain.errors import NotFound
from econtracting.ports import Clock, StoredObject


class Retention(NamedTuple):
    """How long, from when it is stored, an object can be neither overwritten nor deleted, and who may lift that."""

    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    life: timedelta
    clock: Clock


class S3Documents:
    """Without a retention, what is stored can be erased: the bucket itself locks nothing."""

    def __init__(
        self,
        client: Any,
        bucket: str,
        retention: Retention | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._sleep = sleep
        self._retention = retention

    @translated
    def keep(self, key: str, content: bytes | BinaryIO, content_type: str = "application/pdf") -> StoredObject:
        answer = put_once(
            self._client,
            self._sleep,
            Bucket=self._bucket,
            Key=key,
            Body=content,
            ContentType=content_type,
            ChecksumAlgorithm="SHA256",
            **self._lock(),
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

    @translated
    def link(self, place: StoredObject, name: str, life: timedelta) -> str:
        which = {"VersionId": place.version} if place.version else {}
        address: str = self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": place.key,
                "ResponseContentDisposition": f'inline; filename="{name}"',
                "ResponseCacheControl": "no-store",
                **which,
            },
            ExpiresIn=int(life.total_seconds()),
        )
        return address

    @translated
    def names(self, prefix: str, after: str = "") -> Sequence[str]:
        query = {"Bucket": self._bucket, "Prefix": prefix, **({"StartAfter": after} if after else {})}
        found: list[str] = []
        while True:
            page = self._client.list_objects_v2(**query)
            found += [one["Key"] for one in page.get("Contents", ())]
            if not page.get("IsTruncated"):
                return found
            query["ContinuationToken"] = page["NextContinuationToken"]

    @translated
    def erase(self, prefix: str) -> None:
        where = {"Bucket": self._bucket, "Prefix": prefix}
        for page in self._client.get_paginator("list_object_versions").paginate(**where):
            for one in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                self._client.delete_object(Bucket=self._bucket, Key=one["Key"], VersionId=one["VersionId"])

    def _lock(self) -> dict[str, Any]:
        if self._retention is None:
            return {}
        until = self._retention.clock.now() + self._retention.life
        return {"ObjectLockMode": self._retention.mode, "ObjectLockRetainUntilDate": until}
