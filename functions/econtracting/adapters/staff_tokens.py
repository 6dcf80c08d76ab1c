"""ID tokens of the staff user pool: signature, issuer, audience, expiry and use, all of them or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from math import isfinite
from typing import Any
from urllib.request import urlopen

import jwt

from econtracting.domain.errors import NotSignedIn, Unavailable
from econtracting.ports import Clock, StaffMember

ALGORITHM = "RS256"
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "token_use"]
KEYS_LIFE = timedelta(hours=6)
REFETCH_PAUSE = timedelta(minutes=1)  # unknown key ids may not make us ask the pool for every token
FETCH_SECONDS = 3.0
SKEW_SECONDS = 60  # by which the pool's clock may be ahead of ours


def fetch(url: str) -> dict[str, Any]:
    """The pool's public keys. Raises Unavailable."""
    try:
        with urlopen(url, timeout=FETCH_SECONDS) as answer:
            document: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        raise Unavailable() from error
    return document


class PoolTokens:
    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        keys_url: str,
        clock: Clock,
        fetch: Callable[[str], dict[str, Any]] = fetch,
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._keys_url = keys_url
        self._clock = clock
        self._fetch = fetch
        self._keys: dict[str, Any] = {}
        self._asked_at: datetime | None = None

    def verify(self, token: str) -> StaffMember:
        """Who the token names. Raises NotSignedIn, whatever is wrong with it; Unavailable without the pool's keys."""
        try:
            claims = self._claims(token)
        except jwt.PyJWTError:
            raise NotSignedIn() from None
        groups = claims.get("cognito:groups", [])
        return StaffMember(
            subject=str(claims["sub"]),
            email=str(claims.get("email", "")),
            groups=frozenset(map(str, groups)) if isinstance(groups, list) else frozenset(),
            agency_id=str(claims.get("custom:agency_id", "")),
            username=str(claims.get("cognito:username", claims["sub"])),
            name=str(claims.get("name", "")),
            phone=str(claims.get("phone_number", "")),
        )

    def _claims(self, token: str) -> dict[str, Any]:
        """Time is compared by our own clock, as everywhere; the library would ask the system's."""
        header = jwt.get_unverified_header(token)
        if header.get("alg") != ALGORITHM:
            raise jwt.InvalidAlgorithmError
        claims: dict[str, Any] = jwt.decode(
            token,
            self._key(header.get("kid")),
            algorithms=[ALGORITHM],
            issuer=self._issuer,
            audience=self._client_id,
            options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        now = self._clock.now().timestamp()
        begins = [claims["iat"], *([claims["nbf"]] if "nbf" in claims else [])]  # RFC 7519, 4.1.5 and 4.1.6
        if not all(_before(one, now + SKEW_SECONDS) for one in begins) or not _before(now, claims["exp"]):
            raise jwt.ExpiredSignatureError
        if claims["token_use"] != "id":
            raise jwt.InvalidTokenError
        return claims

    def _key(self, kid: Any) -> Any:
        if self._worth_asking(kid):
            self._ask(kid)
        if kid not in self._keys:
            raise jwt.InvalidKeyError
        return self._keys[kid]

    def _worth_asking(self, kid: Any) -> bool:
        age = self._clock.now() - self._asked_at if self._asked_at else timedelta.max
        return age > KEYS_LIFE or (kid not in self._keys and age > REFETCH_PAUSE)

    def _ask(self, kid: Any) -> None:
        """Keys we hold outlive an outage of their source; a key we never saw does not."""
        self._asked_at = self._clock.now()
        try:
            self._keys = {key["kid"]: jwt.PyJWK(key).key for key in self._fetch(self._keys_url)["keys"]}
        except (Unavailable, KeyError, TypeError, jwt.PyJWTError) as error:
            if kid not in self._keys:
                self._asked_at = None
                raise Unavailable() from error


def _before(one: Any, other: Any) -> bool:
    return all(type(at) in (int, float) and isfinite(at) for at in (one, other)) and bool(one < other)
