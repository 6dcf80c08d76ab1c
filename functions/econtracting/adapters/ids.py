"""Ids and secrets, all from the operating system's generator."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from econtracting.ports import Clock

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
# No one confuses two of these when they type them off a telephone: no 0 beside O and o, no 1 beside l and I.
UNAMBIGUOUS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
UNAMBIGUOUS_CAPITALS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
TEMPORARY_LENGTH = 16  # 16 of 57 signs are 93 bits
ACCESS_CODE_LENGTH = 6

_TIME_BITS, _RANDOM_BITS, _SIGNS = 48, 80, 26


def sortable(milliseconds: int, random_bits: int) -> str:
    """26 lower-case Crockford base32 signs: 48 bits of time, then 80 random ones, so that ids sort by age."""
    number = (milliseconds << _RANDOM_BITS) | random_bits
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(_SIGNS)))


class RandomIds:
    """`accepts` is the active password policy: a temporary password keeps it as well."""

    def __init__(self, clock: Clock, accepts: Callable[[str], bool]) -> None:
        self._clock = clock
        self._accepts = accepts

    def packet(self) -> str:
        return f"pkt_{self._sortable()}"

    def signature(self) -> str:
        return f"sig_{self._sortable()}"

    def attachment(self) -> str:
        return f"att_{self._sortable()}"

    def secret(self) -> str:
        return secrets.token_urlsafe(32)

    def temporary_password(self) -> str:
        while not self._accepts(drawn := _draw(UNAMBIGUOUS, TEMPORARY_LENGTH)):
            pass
        return drawn

    def access_code(self) -> str:
        return _draw(UNAMBIGUOUS_CAPITALS, ACCESS_CODE_LENGTH)

    def _sortable(self) -> str:
        return sortable(int(self._clock.now().timestamp() * 1000), secrets.randbits(_RANDOM_BITS))


def _draw(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
