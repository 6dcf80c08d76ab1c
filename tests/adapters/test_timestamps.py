"""Timestamps: the first authority that answers, and an honest failure when none does."""

import asyncio
from email.message import Message
from io import BytesIO
from typing import Any
from urllib.error import URLError

import pytest
from asn1crypto import algos, tsp
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from econtracting.adapters import timestamps
from econtracting.adapters.timestamps import TimestampAuthorities
from tests.support.authority import timestamp_authority
from tests.support.paperwork import AT

FIRST, SECOND = "https://one.example.com/tsa", "https://two.example.com/tsa"
QUERY = tsp.TimeStampReq(
    {
        "version": 1,
        "message_imprint": {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "hashed_message": bytes(32),
        },
        "cert_req": True,
    }
)


class Answer(BytesIO):
    def __init__(self, content: bytes, content_type: str = "application/timestamp-reply") -> None:
        super().__init__(content)
        self.headers = Message()
        self.headers["Content-Type"] = content_type


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Answer | Exception]]:
    """The answers still to be given, each for the address that is expected to be asked next."""
    answers: list[tuple[str, Answer | Exception]] = []

    def answer(request: Any, timeout: float) -> Answer:
        url, prepared = answers.pop(0)
        assert request.full_url == url
        assert request.get_header("Content-type") == "application/timestamp-query"
        assert timeout > 0
        if isinstance(prepared, Exception):
            raise prepared
        return prepared

    monkeypatch.setattr(timestamps, "urlopen", answer)
    return answers


def token() -> Answer:
    return Answer(timestamp_authority(AT).request_tsa_response(QUERY).dump())


def requested(*urls: str) -> tsp.TimeStampResp:
    return asyncio.run(TimestampAuthorities(urls).async_request_tsa_response(QUERY))


def test_the_first_authority_that_answers_is_enough(asked: list[tuple[str, Answer | Exception]]) -> None:
    asked.append((FIRST, token()))

    assert requested(FIRST, SECOND)["status"]["status"].native == "granted"


@pytest.mark.parametrize(
    "trouble",
    [URLError("down"), TimeoutError(), Answer(b"<html>", "text/html"), Answer(b"nonsense")],
    ids=["unreachable", "slow", "a web page", "no token"],
)
def test_the_next_authority_is_asked_when_one_fails(
    asked: list[tuple[str, Answer | Exception]], trouble: Answer | Exception
) -> None:
    asked.extend([(FIRST, trouble), (SECOND, token())])

    assert requested(FIRST, SECOND)["status"]["status"].native == "granted"
    assert not asked


def test_when_none_answers_there_is_no_time(asked: list[tuple[str, Answer | Exception]]) -> None:
    asked.extend([(FIRST, URLError("down")), (SECOND, URLError("down"))])

    with pytest.raises(TimestampRequestError):
        requested(FIRST, SECOND)


@pytest.mark.parametrize("urls", [[], ["file:///etc/passwd"], ["https://ok.example.com", "ftp://x"]])
def test_only_web_addresses_are_authorities(urls: list[str]) -> None:
    with pytest.raises(ValueError, match="timestamp authority"):
        TimestampAuthorities(urls)
