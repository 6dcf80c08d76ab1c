"""Writers who meet on one key of S3: AWS answers some of them 409, which no emulator does, and one of them wins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto import mock_aws

from econtracting.adapters.s3 import S3Documents
from econtracting.adapters.uploads import S3Uploads
from econtracting.adapters.write_once import ROUNDS
from econtracting.domain.errors import Unavailable
from tests.support.racing import together

pytestmark = pytest.mark.law("T12")

BUCKET, KEY = "kept", "sealed/pkt_1/abc.pdf"


class Body:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.content


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        found = boto3.client("s3", region_name="us-east-1")
        found.create_bucket(Bucket=BUCKET)
        found.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield found


def meeting(client: Any, times: int, code: str = "ConditionalRequestConflict", status: int = 409) -> list[str]:
    """The next writes are answered as S3 answers those that overlap; returns the conditions under which they came."""
    asked: list[str] = []

    def hook(request: Any, **_: Any) -> AWSResponse | None:
        condition = request.headers.get("If-None-Match") or b""
        asked.append(condition.decode() if isinstance(condition, bytes) else condition)
        if len(asked) > times:
            return None
        url, request.url = request.url, "https://refused.invalid/"
        text = f"<Error><Code>{code}</Code><Message>The conditional request cannot succeed now.</Message></Error>"
        return AWSResponse(url, status, {"content-type": "application/xml"}, Body(text.encode()))

    client.meta.events.register_first("before-send.s3.PutObject", hook)
    return asked


def test_an_overlapping_write_is_tried_again_after_a_pause(client: Any) -> None:
    asked, slept = meeting(client, 3), []
    stored = S3Documents(client, BUCKET, sleep=slept.append).keep(KEY, b"first")
    assert asked == ["*"] * 4
    assert len(slept) == 3
    assert all(0 <= pause <= 1 for pause in slept)
    assert client.get_object(Bucket=BUCKET, Key=KEY, VersionId=stored.version)["Body"].read() == b"first"


@pytest.mark.failure("R51")
def test_the_writer_who_lost_reads_the_winner(client: Any) -> None:
    """S3 answers 409 while the other write is on its way, and 412 once it stands."""
    winner = client.put_object(Bucket=BUCKET, Key=KEY, Body=b"winner")["VersionId"]
    meeting(client, 2)
    documents = S3Documents(client, BUCKET, sleep=lambda _: None)
    stored = documents.keep(KEY, b"loser")
    assert stored == (KEY, winner)
    assert documents.read(stored.key, stored.version) == b"winner"
    assert len(client.list_object_versions(Bucket=BUCKET)["Versions"]) == 1


def test_an_upload_that_is_kept_twice_at_once_is_kept_once(client: Any) -> None:
    meeting(client, 2)
    uploads = S3Uploads(client, BUCKET, lambda _: None)
    uploads.keep("attachments/pkt_1/a", b"first", "application/pdf")
    uploads.keep("attachments/pkt_1/a", b"second", "application/pdf")
    assert client.get_object(Bucket=BUCKET, Key="attachments/pkt_1/a")["Body"].read() == b"first"


@pytest.mark.failure("R51")
@pytest.mark.parametrize("store", [S3Documents, S3Uploads])
def test_writers_who_never_stop_meeting_are_told_to_come_back(client: Any, store: Any) -> None:
    asked, slept = meeting(client, 1000), []
    with pytest.raises(Unavailable) as refused:
        store(client, BUCKET, sleep=slept.append).keep(KEY, b"never", "application/pdf")
    assert refused.value.retry_after == 1
    assert (len(asked), len(slept)) == (ROUNDS, ROUNDS - 1)
    assert sum(slept) < 5


def test_another_operation_on_its_way_is_waited_for_too(client: Any) -> None:
    asked = meeting(client, 1, "OperationAborted")
    S3Documents(client, BUCKET, sleep=lambda _: None).keep(KEY, b"first")
    assert len(asked) == 2


def test_any_other_refusal_is_not_repeated(client: Any) -> None:
    asked = meeting(client, 5, "AccessDenied", 403)
    with pytest.raises(ClientError):
        S3Documents(client, BUCKET, sleep=lambda _: None).keep(KEY, b"never")
    assert len(asked) == 1


def test_two_writers_who_met_do_not_wait_equally_long(client: Any) -> None:
    """They would otherwise meet again."""
    pauses: list[list[float]] = [[], []]
    for key, slept in zip("ab", pauses, strict=True):
        meeting(client, 3)
        S3Documents(client, BUCKET, sleep=slept.append).keep(key, b"1")
    assert [len(one) for one in pauses] == [3, 3]
    assert pauses[0] != pauses[1]


def test_of_eight_writers_at_once_one_wins_and_all_name_it(client: Any) -> None:
    asked = meeting(client, 6)
    documents = S3Documents(client, BUCKET, sleep=lambda _: None)
    stored = together(8, lambda number: documents.keep(KEY, f"writer {number}".encode()))
    assert len({one.version for one in stored}) == 1
    assert len(asked) == 14
