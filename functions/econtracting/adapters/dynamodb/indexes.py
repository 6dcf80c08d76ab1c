"""The indexes over packets, of which narrow ones take the place of wide ones (docs/decisions/0112).

An index cannot be altered, and a deployment adds or drops one at most. So a read asks the narrow one first and, where
it is not there or not filled yet, the wide one; DynamoDB refuses to read either such index. Both have the same keys,
hence a page that began in one goes on in the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError


class Index(NamedTuple):
    """An index by the attributes of its key, under its name and under that of the one whose place it takes."""

    partition: str
    sort: str
    name: str
    before: str


BY_AGENCY = Index("agency_pk", "agency_sk", "agency_rows", "by_agency")
BY_STATUS = Index("status_pk", "status_sk", "status_rows", "by_status")


# DynamoDB's word for an index that is not there or is being filled, and an emulator's for one that is not there.
UNREADABLE = frozenset({"ValidationException", "ResourceNotFoundException"})


def query(client: Any, index: Index, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the index that stands. Raises ClientError; where both are refused, the refusal of the one to come."""
    try:
        return dict(client.query(**asked, IndexName=index.name))
    except ClientError as refused:
        if not _unreadable(refused):
            raise
        try:
            return dict(client.query(**asked, IndexName=index.before))
        except ClientError as error:
            raise refused if _unreadable(error) else error from None


def _unreadable(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in UNREADABLE
