"""Quotas of an AWS account in us-east-1, as they stand before anyone asks for more.

Public documentation and general knowledge, November 2026; to be looked up for the account at hand, most can be raised.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Quota:
    """So many units a second; a bucket of `burst` units (one second's worth unless told) absorbs peaks."""

    name: str
    per_second: float
    burst: float | None = None
    adjustable: bool = True


RATES = (
    Quota("API Gateway requests", 10_000, 5_000),
    Quota("Step Functions starts", 300, 1_300),
    Quota("Step Functions transitions", 1_500, 5_000),
    Quota("SES mails", 14),
    Quota("KMS symmetric", 10_000),
    Quota("KMS ECC signatures", 300),
    Quota("DynamoDB table writes", 40_000),
    Quota("DynamoDB table reads", 40_000),
    Quota("DynamoDB partition: one packet, writes", 1_000, 300_000, adjustable=False),
    Quota("DynamoDB partition: by_due shard, writes", 1_000, 300_000, adjustable=False),
    Quota("DynamoDB partition: by_status shard, writes", 1_000, 300_000, adjustable=False),
    Quota("DynamoDB partition: largest agency, writes", 1_000, 300_000, adjustable=False),
    Quota("EventBridge events", 10_000),
    Quota("S3 writes of a prefix", 3_500, adjustable=False),
)
CONCURRENCY = Quota("Lambda concurrency", 1_000)
MAILS_A_DAY = Quota("SES mails in a day", 50_000)

FIRST = frozenset({"SES mails", "KMS ECC signatures"})


def raised(scale: int) -> list[Quota]:
    """The quotas, those that bind first raised with the demand: what waits for them would hide what binds next."""
    return [replace(one, per_second=one.per_second * scale) if one.name in FIRST else one for one in RATES]


@dataclass
class Bucket:
    """A token bucket: tokens come at a rate up to a height. Taking more than there is means to wait, never to fail."""

    quota: Quota
    at: float = 0.0
    tokens: float = field(init=False)
    waited: float = 0.0
    delayed: int = 0

    def __post_init__(self) -> None:
        self.tokens = self.height

    @property
    def height(self) -> float:
        return self.quota.per_second if self.quota.burst is None else self.quota.burst

    def take(self, now: float, count: float) -> float:
        """Take tokens at a time not before the last one; returns the seconds to wait until they are there."""
        self.tokens = min(self.height, self.tokens + (now - self.at) * self.quota.per_second)
        self.at = now
        self.tokens -= count
        wait = max(0.0, -self.tokens / self.quota.per_second)
        if wait:
            self.waited += wait
            self.delayed += 1
        return wait
