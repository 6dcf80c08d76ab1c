"""Ids, link secrets, password hashes and the envelope."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from econtracting.adapters.envelope import KmsEnvelope, WrongContext
from econtracting.adapters.ids import UNAMBIGUOUS, RandomIds, sortable
from econtracting.adapters.link_secrets import KmsLinkSecrets
from econtracting.adapters.pace import EvenPace
from econtracting.adapters.passwords import Argon2Passwords
from econtracting.domain.access.passwords import PROFILES, broken_rules
from econtracting.domain.errors import Unavailable
from tests.support.faults import refuse
from tests.support.world import Clock

ANSWERS = {"ssn": "987-65-4320", "note": "Grüße"}


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("kms", region_name="us-east-1")


@pytest.fixture
def envelope(kms: Any) -> KmsEnvelope:
    return KmsEnvelope(kms, kms.create_key()["KeyMetadata"]["Arn"])


def ids(profile: str = "familiar") -> RandomIds:
    return RandomIds(Clock(), accepts=lambda password: not broken_rules(PROFILES[profile], password))


def test_packet_ids_sort_by_age() -> None:
    clock = Clock()
    older = RandomIds(clock, accepts=bool).packet()
    clock.pass_(milliseconds=1)
    assert older < RandomIds(clock, accepts=bool).packet()


def test_a_packet_id_is_a_prefix_and_26_crockford_signs() -> None:
    assert re.fullmatch("pkt_[0-9a-hjkmnp-tv-z]{26}", ids().packet())
    assert sortable(0, 0) == "0" * 26
    assert sortable(2**48 - 1, 2**80 - 1) == "7" + "z" * 25


def test_the_temporary_alphabet_has_57_signs_nobody_confuses() -> None:
    assert len(set(UNAMBIGUOUS)) == len(UNAMBIGUOUS) == 57
    assert not set("0O1lI") & set(UNAMBIGUOUS)


@pytest.mark.parametrize("profile", ["familiar", "strict"])
def test_a_temporary_password_keeps_the_active_policy(profile: str) -> None:
    for _ in range(50):
        drawn = ids(profile).temporary_password()
        assert len(drawn) == 16
        assert broken_rules(PROFILES[profile], drawn) == ()


def test_secrets_have_256_bits_and_differ() -> None:
    assert len(base64.urlsafe_b64decode(ids().secret() + "=")) == 32
    assert len({ids().secret() for _ in range(100)}) == 100


def test_a_link_is_the_same_whenever_it_is_mailed_again(kms: Any) -> None:
    key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    secrets = KmsLinkSecrets(kms, key)
    first = secrets.secret("pkt_1", 1)
    assert re.fullmatch("[A-Za-z0-9_-]{43}", first)
    assert secrets.secret("pkt_1", 1) == first
    assert len({first, secrets.secret("pkt_1", 2), secrets.secret("pkt_11", 1)}) == 3


def test_what_was_sealed_opens_in_its_place(envelope: KmsEnvelope) -> None:
    sealed = envelope.seal("pkt_1", "agent", 3, ANSWERS)
    assert "987" not in sealed.model_dump_json()
    assert envelope.open("pkt_1", "agent", 3, sealed) == ANSWERS


@pytest.mark.parametrize("place", [("pkt_2", "agent", 3), ("pkt_1", "mail", 3), ("pkt_1", "agent", 4)])
def test_what_was_sealed_opens_nowhere_else(envelope: KmsEnvelope, place: tuple[str, str, int]) -> None:
    sealed = envelope.seal("pkt_1", "agent", 3, ANSWERS)
    with pytest.raises(WrongContext):
        envelope.open(*place, sealed)


def test_an_altered_ciphertext_does_not_open(envelope: KmsEnvelope) -> None:
    sealed = envelope.seal("pkt_1", "agent", 3, ANSWERS)
    raw = bytearray(base64.b64decode(sealed.ciphertext))
    raw[0] ^= 1
    with pytest.raises(WrongContext):
        envelope.open("pkt_1", "agent", 3, sealed.model_copy(update={"ciphertext": base64.b64encode(raw).decode()}))


def test_a_key_and_a_message_that_do_not_belong_together_do_not_open(envelope: KmsEnvelope) -> None:
    one, other = (envelope.seal("pkt_1", "agent", 3, ANSWERS) for _ in range(2))
    with pytest.raises(WrongContext):
        envelope.open("pkt_1", "agent", 3, one.model_copy(update={"wrapped_key": other.wrapped_key}))


def test_every_sealing_has_its_own_key_and_nonce(envelope: KmsEnvelope) -> None:
    sealed = [envelope.seal("pkt_1", "agent", 3, ANSWERS) for _ in range(5)]
    assert len({one.nonce for one in sealed}) == len({one.wrapped_key for one in sealed}) == 5


@pytest.mark.failure("R43")
def test_more_than_4096_bytes_are_sealed_all_the_same(envelope: KmsEnvelope) -> None:
    long = {"explanation": "ä" * 40_000}
    assert envelope.open("pkt_1", "background", 1, envelope.seal("pkt_1", "background", 1, long)) == long


def test_a_key_service_that_is_down_is_told_as_unavailable(kms: Any, envelope: KmsEnvelope) -> None:
    refuse(kms, "GenerateDataKey", 10, "ThrottlingException", 400)
    with pytest.raises(Unavailable):
        envelope.seal("pkt_1", "agent", 3, ANSWERS)


def test_a_password_matches_its_own_hash_only() -> None:
    passwords = Argon2Passwords()
    hashed = passwords.hash("Orchid7walk")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches("Orchid7walk", hashed)
    assert not passwords.matches("orchid7walk", hashed)
    assert not passwords.matches("Orchid7walk", "no hash at all")


def test_a_missing_hash_matches_nothing_and_costs_a_verification() -> None:
    passwords = Argon2Passwords()
    hashed = passwords.hash("Orchid7walk")

    def cost(stored: str | None) -> float:
        passwords.matches("wrong", stored)
        timings = []
        for _ in range(15):
            started = time.process_time()
            assert not passwords.matches("wrong", stored)
            timings.append(time.process_time() - started)
        return sorted(timings)[7]

    assert cost(None) > 0.5 * cost(hashed)


def test_a_hash_of_lesser_parameters_is_outdated() -> None:
    weak = Argon2Passwords(memory_kib=8 * 1024, passes=1)
    assert Argon2Passwords().outdated(weak.hash("x"))
    assert not Argon2Passwords().outdated(Argon2Passwords().hash("x"))


def test_even_answers_take_the_floor_however_they_end() -> None:
    pace = EvenPace(0.05)
    started = time.monotonic()
    with pace.answers():
        pass
    with pytest.raises(Unavailable), pace.answers():
        raise Unavailable()
    assert time.monotonic() - started >= 0.1


def test_a_success_may_leave_at_once_where_only_refusals_are_even() -> None:
    pace = EvenPace(5)
    started = time.monotonic()
    with pace.refusals():
        pass
    assert time.monotonic() - started < 1
