"""The password policy, in both profiles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from econtracting.domain.access.passwords import (
    PROFILES,
    PasswordPolicy,
    broken_rules,
    context_words,
    normal,
    policy_named,
)
from econtracting.domain.packet import Agency, InvitedAgent, Packet, Recruiter
from tests.support.world import START

FAMILIAR, STRICT = PROFILES["familiar"], PROFILES["strict"]


def rules(policy: PasswordPolicy, password: str, context: Iterable[str] = ()) -> list[str]:
    return [rejection.rule for rejection in broken_rules(policy, password, context)]


def packet(**agent: Any) -> Packet:
    details = {"first_name": "José", "last_name": "O'Neil-Li", "email": "joe.neil+work@example.com", "npn": "15645555"}
    return Packet(
        id="pkt_1",
        type="meridian",
        type_version="1",
        agent=InvitedAgent(**{**details, **agent}),
        recruiter=Recruiter(name="Robin", email="r@example.com", phone="+16155550100"),
        agency=Agency(id="harbor", name="Harbor Agency"),
        level="5",
        created_at=START,
        expires_at=START,
        status_at=START,
    )


@pytest.mark.parametrize("password", ["Orchid7walk", "aB3def", "Zürich9x", "x" * 60 + "Y1"])
def test_the_familiar_profile_takes(password: str) -> None:
    assert rules(FAMILIAR, password) == []


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("aB3de", ["too-short"]),
        ("orchid7walk", ["needs-upper-case"]),
        ("ORCHID7WALK", ["needs-lower-case"]),
        ("Orchidwalk", ["needs-digit"]),
        ("", ["too-short", "needs-digit", "needs-lower-case", "needs-upper-case"]),
        ("Abc123", ["too-common"]),
        ("Password1!", ["too-common"]),
        ("Mn3" + "k" * 126, ["too-long"]),
    ],
)
def test_the_familiar_profile_names_every_broken_rule(password: str, broken: list[str]) -> None:
    assert rules(FAMILIAR, password) == broken


@pytest.mark.parametrize("password", ["correct horse battery", "Grüße-aus-Nashville", "a" * 64 + "b", "🦩🌵🎈" * 5])
def test_the_strict_profile_takes(password: str) -> None:
    assert rules(STRICT, password) == []


@pytest.mark.parametrize(
    ("password", "broken"),
    [
        ("Abc123", ["too-short", "too-common"]),
        ("password12345678", ["too-common"]),
        ("fourteen chars", ["too-short"]),
    ],
)
def test_the_strict_profile_refuses(password: str, broken: list[str]) -> None:
    assert rules(STRICT, password) == broken


def test_the_strict_profile_has_no_composition_rules() -> None:
    assert rules(STRICT, "all lower case words") == []


def test_a_password_with_the_carriers_name_is_refused() -> None:
    words = context_words(packet(), "Meridian Health")
    assert rules(STRICT, "meridianhealth1", words) == ["too-personal"]


@pytest.mark.parametrize(
    "password",
    ["Xx9-jose-xX", "Xx9-J.o.s.é", "9ONEILLI-xx", "Qw-15645555-x", "joeneilX7q", "Harbor77-Qq", "Meridian77-q"],
)
def test_names_npn_mail_and_companies_are_refused_inside_a_password(password: str) -> None:
    words = context_words(packet(), "Meridian Health", "Meridian Health Insurance Company")
    assert "too-personal" in rules(FAMILIAR, password, words)


def test_a_name_of_two_letters_forbids_nothing() -> None:
    words = context_words(packet(first_name="Li", last_name="Ng", email="q@example.com", npn="7"))
    assert rules(FAMILIAR, "Lingering7", words) == []


def test_two_spellings_of_one_password_are_one() -> None:
    assert normal("Caf\u00e9-9") == normal("Cafe\u0301-9")


def test_length_counts_code_points_after_composition() -> None:
    assert rules(STRICT, "e\u0301" * 14) == ["too-short"]


def test_nothing_is_trimmed() -> None:
    assert rules(FAMILIAR, " aB3d ") == []


def test_messages_never_repeat_the_password() -> None:
    assert all("hunter2" not in one.message for one in broken_rules(STRICT, "hunter2", frozenset({"hunter2"})))


def test_an_unknown_profile_stops_the_function() -> None:
    with pytest.raises(ValueError, match="familiar, strict"):
        policy_named("lax")
