"""A changed e-mail address is confirmed by a code; until then letters go to the old one."""

from __future__ import annotations

import re

import pytest

from econtracting import wiring
from econtracting.domain.access.access import OpenPacket
from econtracting.domain.access.contact import EmailChange
from tests.support import journey
from tests.support.journey import ANSWERS, RECRUITER, expect, save
from tests.support.world import World

OLD, NEW = "dana@example.com", "dana.new@example.com"
PATH = "/packet/email-confirmations"


@pytest.fixture
def packet_id(world: World) -> str:
    """An agent who told another address than the invited one."""
    found = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    warnings = expect(save(world, "agent", {**ANSWERS["agent"], "email": NEW}), 200).json["warnings"]
    assert [one["rule"] for one in warnings] == ["differs-from-invitation"]
    return found


def newest(world: World, letter: str) -> dict[str, str]:
    return next(mail for mail in reversed(world.outside.post.sent) if f".mail.{letter}." in mail["reference"])


def code(world: World) -> str:
    """The code of the newest mail, which went to the new address."""
    expect(world.call("POST", PATH), 202)
    world.settle()
    mail = newest(world, "email-code")
    assert mail["to"] == NEW
    assert "#/invitation/" not in mail["text"]
    return str(re.search(r"(?m)^\s*([2-9A-HJ-NP-Z]{6})\s*$", mail["text"])[1])  # type: ignore[index]


def test_letters_go_to_the_invited_address_until_the_new_one_is_confirmed(world: World, packet_id: str) -> None:
    code(world)
    expect(world.call("POST", f"/invitations/{packet_id}/resend", {}, staff=RECRUITER), 202)
    world.settle()
    assert newest(world, "invitation")["to"] == OLD


def test_the_code_makes_it_the_contact_and_the_old_address_is_told(world: World, packet_id: str) -> None:
    assert expect(world.call("PUT", PATH, {"code": code(world).lower()}), 200).json == {"email": NEW}
    world.settle()
    notice = newest(world, "email-changed")
    assert notice["to"] == OLD
    assert NEW not in notice["text"]
    expect(world.call("POST", f"/invitations/{packet_id}/resend", {}, staff=RECRUITER), 202)
    world.settle()
    assert newest(world, "invitation")["to"] == NEW
    assert expect(world.call("GET", "/packet/interview/agent"), 200).json["warnings"] == []


def test_the_place_of_the_address_moves_with_it(world: World, packet_id: str) -> None:
    expect(world.call("PUT", PATH, {"code": code(world)}), 200)
    assert wiring.packets().find(OpenPacket, "agency-1", "email", OLD) is None
    held = wiring.packets().find(OpenPacket, "agency-1", "email", NEW)
    assert held is not None
    assert held.packet_id == packet_id


def test_an_address_with_another_open_packet_is_refused_without_naming_it(world: World, packet_id: str) -> None:
    right = code(world)
    person = {"first_name": "Ben", "last_name": "Ochoa", "email": NEW, "npn": "17000002"}
    other = expect(world.call("POST", "/invitations", journey.invitation(agent=person), staff=RECRUITER), 201)
    answer = expect(world.call("PUT", PATH, {"code": right}), 409)
    assert answer.json["code"] == "packet-already-open"
    assert other.json["packet_id"].encode() not in answer.body


def test_a_code_works_once(world: World, packet_id: str) -> None:
    right = code(world)
    expect(world.call("PUT", PATH, {"code": right}), 200)
    assert expect(world.call("PUT", PATH, {"code": right}), 422).json["errors"][0]["field"] == "code"


def test_a_late_code_is_refused(world: World, packet_id: str) -> None:
    right = code(world)
    world.clock.pass_(seconds=600)
    expect(world.call("PUT", PATH, {"code": right}), 422)


def test_a_new_code_voids_the_earlier_one(world: World, packet_id: str) -> None:
    first = code(world)
    second = code(world)
    expect(world.call("PUT", PATH, {"code": first}), 422)
    expect(world.call("PUT", PATH, {"code": second}), 200)


def test_guessing_is_slowed_down(world: World, packet_id: str) -> None:
    code(world)
    answers = [world.call("PUT", PATH, {"code": "222222"}).status for _ in range(5)]
    assert answers[:3] == [422, 422, 422]
    assert 429 in answers


def test_an_address_changed_meanwhile_needs_a_code_of_its_own(world: World, packet_id: str) -> None:
    right = code(world)
    expect(save(world, "agent", {**ANSWERS["agent"], "email": "third@example.com"}), 200)
    assert expect(world.call("PUT", PATH, {"code": right}), 409).json["code"] == "nothing-to-confirm"


def test_the_invited_address_needs_no_confirmation(world: World, packet_id: str) -> None:
    expect(save(world, "agent", ANSWERS["agent"]), 200)
    assert expect(world.call("POST", PATH), 409).json["code"] == "nothing-to-confirm"


def test_codes_are_limited_and_stored_as_hashes_only(world: World, packet_id: str) -> None:
    right = code(world)
    stored = wiring.packets().find(EmailChange, packet_id)
    assert stored is not None
    assert stored.code_hash is not None
    assert stored.code_hash.startswith("$argon2id$")
    assert right not in str(stored)
    answers = [world.call("POST", PATH).status for _ in range(5)]
    assert answers == [202, 202, 202, 202, 429]
