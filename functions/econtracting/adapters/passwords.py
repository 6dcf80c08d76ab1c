"""Passwords as argon2id hashes.

Source: OWASP Password Storage Cheat Sheet, the choice of 19 MiB, two passes, one lane.
"""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1


class Argon2Passwords:
    def __init__(self, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES, type=Type.ID)
        self._nobodys = ""

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, password: str, hashed: str | None) -> bool:
        """A missing hash costs one verification as well: against a hash of no one's password."""
        if hashed is None:
            self._nobodys = self._nobodys or self._hasher.hash("nobody's")
        try:
            return self._hasher.verify(hashed or self._nobodys, password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, hashed: str) -> bool:
        """Whether it was made with lesser parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)
