"""Timestamps from independent authorities (RFC 3161): the first one of a list that answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import Request, urlopen

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator import ValidationContext

from econtracting.adapters import seal_certificate

_ANSWER_LIMIT = 64 * 1024  # a token with its certificates is a few kilobytes


class TimestampAuthorities(TimeStamper):
    """Asks each authority in turn; fails only when none of them answers, and never makes up a time."""

    def __init__(self, urls: Sequence[str], timeout: float = 5.0) -> None:
        super().__init__()
        if not urls or not all(url.startswith(("https://", "http://")) for url in urls):
            raise ValueError("a timestamp authority is an http or https address")
        self._urls = tuple(urls)
        self._timeout = timeout

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Raises TimestampRequestError when no authority answered."""
        failures = []
        for url in self._urls:
            try:
                return self._ask(url, req.dump())
            except (URLError, HTTPException, TimeoutError, OSError, ValueError) as error:
                failures.append(f"{url}: {type(error).__name__}")
        raise TimestampRequestError("; ".join(failures))

    def _ask(self, url: str, query: bytes) -> tsp.TimeStampResp:
        headers = {"Content-Type": "application/timestamp-query"}
        with urlopen(Request(url, query, headers), timeout=self._timeout) as answer:
            if answer.headers.get_content_type() != "application/timestamp-reply":
                raise ValueError("not a timestamp reply")
            return tsp.TimeStampResp.load(answer.read(_ANSWER_LIMIT))


def trusting(roots_pem: bytes) -> Callable[[], ValidationContext]:
    """Validation against these roots, for levels that carry what a later check needs; revocation data is fetched again.

    Raises SealRefused when there is no certificate in the file.
    """
    roots = seal_certificate.load(roots_pem)
    return lambda: ValidationContext(trust_roots=roots, allow_fetching=True, revocation_mode="hard-fail")
