"""Write-once documents in S3: versioned, and the first writer of a key wins."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from econtracting.adapters.failures import translated
from econtracting.domain.errors import NotFound
from econtracting.ports import StoredObject


class S3Documents:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @translated
    def keep(self, key: str, content: bytes, content_type: str = "application/pdf") -> StoredObject:
        try:
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=content,
                ContentType=content_type,
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("PreconditionFailed", "412"):
                raise
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
