"""Uploads in S3: browsers post into quarantine with a signed form; what passed lies beside it, never overwritten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from econtracting.adapters.failures import translated
from econtracting.domain.errors import NotFound
from econtracting.ports import UploadTarget


class S3Uploads:
    """`client` signs with Signature Version 4, the only one that new regions take."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

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
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=content,
                ContentType=content_type,
                ContentDisposition="attachment",
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("PreconditionFailed", "412"):
                raise

    @translated
    def remove(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)
