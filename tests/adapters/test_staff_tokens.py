"""A staff token counts only if everything about it is right."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from econtracting.adapters.staff_tokens import PoolTokens
from econtracting.domain.errors import NotSignedIn, Unavailable
from econtracting.ports import StaffMember
from tests.support.world import START, Clock

ISSUER, CLIENT, URL = "https://pool.example.com/pool", "client-1", "https://pool.example.com/keys"
KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


def public(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    return {
        **json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())),
        "kid": kid,
        "alg": "RS256",
        "use": "sig",
    }


class Pool:
    """The pool's published keys, and how often they were asked for."""

    def __init__(self) -> None:
        self.keys = [public(KEY, "one")]
        self.asked = 0
        self.down = False

    def __call__(self, url: str) -> dict[str, Any]:
        assert url == URL
        self.asked += 1
        if self.down:
            raise Unavailable()
        return {"keys": self.keys}


def tokens(pool: Pool | None = None, clock: Clock | None = None) -> PoolTokens:
    return PoolTokens(issuer=ISSUER, client_id=CLIENT, keys_url=URL, clock=clock or Clock(), fetch=pool or Pool())


def claims(**changes: Any) -> dict[str, Any]:
    at = int(START.timestamp())
    return {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "subject-1",
        "token_use": "id",
        "iat": at - 60,
        "exp": at + 600,
        "email": "robin@agency.example",
        "cognito:groups": ["recruiter"],
        "custom:agency_id": "harbor",
    } | changes


def token(key: Any = KEY, kid: str = "one", algorithm: str = "RS256", **changes: Any) -> str:
    body = {name: value for name, value in claims(**changes).items() if value is not None}
    return jwt.PyJWS().encode(json.dumps(body).encode(), key, algorithm=algorithm, headers={"kid": kid})


def test_a_good_token_names_its_holder() -> None:
    member = tokens().verify(token())
    assert member == StaffMember("subject-1", "robin@agency.example", frozenset({"recruiter"}), "harbor", "subject-1")
    reached = tokens().verify(token(name="Robin Park", phone_number="+16155550100"))
    assert (reached.name, reached.phone) == ("Robin Park", "+16155550100")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://pool.example.com/other"},
        {"aud": "client-2"},
        {"aud": ["client-2"]},
        {"token_use": "access"},
        {"token_use": None},
        {"exp": int(START.timestamp())},
        {"exp": None},
        {"exp": "soon"},
        {"iat": int(START.timestamp()) + 3600},
        {"sub": None},
        {"iss": None},
        {"aud": None},
    ],
)
def test_a_token_with_one_wrong_claim_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        tokens().verify(token(**changes))


AT = int(START.timestamp())


@pytest.mark.brings("N15")
@pytest.mark.parametrize("begins", ["nbf", "iat"])
def test_a_token_counts_from_the_moment_it_names_but_for_a_minute_of_clocks_that_differ(begins: str) -> None:
    assert tokens().verify(token(**{begins: AT})).subject == "subject-1"
    assert tokens().verify(token(**{begins: AT + 59})).subject == "subject-1"
    assert tokens().verify(token(**{begins: AT - 0.5})).subject == "subject-1"
    with pytest.raises(NotSignedIn):
        tokens().verify(token(**{begins: AT + 60}))


@pytest.mark.brings("N15")
@pytest.mark.parametrize("at", ["soon", str(AT), True, [AT], {}, float("nan"), float("-inf")])
def test_a_moment_that_is_no_number_voids_the_token(at: Any) -> None:
    for claim in ("nbf", "iat"):
        with pytest.raises(NotSignedIn):
            tokens().verify(token(**{claim: at}))
    with pytest.raises(NotSignedIn):
        tokens().verify(token(exp=float("inf")))


def test_a_token_signed_with_another_key_is_refused() -> None:
    with pytest.raises(NotSignedIn):
        tokens().verify(token(OTHER_KEY))


def test_a_token_without_signature_is_refused() -> None:
    with pytest.raises(NotSignedIn):
        tokens().verify(jwt.encode(claims(), "", algorithm="none", headers={"kid": "one"}))


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused() -> None:
    published = KEY.public_key().public_numbers().n.to_bytes(256)
    forged = jwt.encode(claims(), published, algorithm="HS256", headers={"kid": "one"})
    with pytest.raises(NotSignedIn):
        tokens().verify(forged)


@pytest.mark.parametrize("nonsense", ["", "x", "a.b.c", "...", "é.é.é", "null", token()[:-4] + "AAAA", token() + "."])
def test_nonsense_is_refused(nonsense: str) -> None:
    with pytest.raises(NotSignedIn):
        tokens().verify(nonsense)


@pytest.mark.parametrize("groups", ["recruiter", {"recruiter": 1}, None, 5])
def test_groups_that_are_no_list_are_no_groups(groups: Any) -> None:
    assert tokens().verify(token(**{"cognito:groups": groups})).groups == frozenset()


def test_the_keys_are_asked_for_once() -> None:
    pool = Pool()
    verifier = tokens(pool)
    for _ in range(3):
        verifier.verify(token())
    assert pool.asked == 1


def test_a_rotated_key_is_fetched_when_it_turns_up() -> None:
    pool, clock = Pool(), Clock()
    verifier = tokens(pool, clock)
    verifier.verify(token())
    pool.keys = [public(OTHER_KEY, "two")]
    clock.pass_(minutes=2)
    assert verifier.verify(token(OTHER_KEY, "two")).subject == "subject-1"


def test_unknown_key_ids_do_not_make_us_ask_for_every_token() -> None:
    pool = Pool()
    verifier = tokens(pool)
    for number in range(20):
        with pytest.raises(NotSignedIn):
            verifier.verify(token(OTHER_KEY, f"unknown-{number}"))
    assert pool.asked == 1


def test_keys_that_are_held_outlive_an_outage_of_their_source() -> None:
    pool, clock = Pool(), Clock()
    verifier = tokens(pool, clock)
    verifier.verify(token())
    pool.down = True
    clock.pass_(hours=7)
    fresh = int(clock.now().timestamp())
    assert verifier.verify(token(iat=fresh, exp=fresh + 60)).subject == "subject-1"


def test_without_keys_nobody_comes_in_and_the_outage_is_told() -> None:
    pool = Pool()
    pool.down = True
    verifier = tokens(pool)
    with pytest.raises(Unavailable):
        verifier.verify(token())
    pool.down = False
    assert verifier.verify(token()).subject == "subject-1"


@pytest.mark.parametrize("answer", [{}, {"keys": None}, {"keys": [{}]}, {"keys": [{"kid": "one", "kty": "RSA"}]}])
def test_a_key_set_that_is_none_is_an_outage(answer: Any) -> None:
    verifier = PoolTokens(issuer=ISSUER, client_id=CLIENT, keys_url=URL, clock=Clock(), fetch=lambda _: answer)
    with pytest.raises(Unavailable):
        verifier.verify(token())
