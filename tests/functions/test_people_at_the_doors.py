"""Names, numbers and addresses as people bring them, through the doors: portal, API and file read them alike."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.interview.answers import Section
from econtracting.domain.signing.signing import Adoption
from tests.support import journey
from tests.support.bulk_files import row, table
from tests.support.journey import ANSWERS, RECRUITER, expect, save
from tests.support.world import Answer, World

AGENT = ANSWERS["agent"]
HOME = "home@example.com"
DANA = {"first_name": "Dana", "last_name": "Rivers", "email": HOME, "npn": "17000001"}
SAM = {"first_name": "Sam", "last_name": "Rivers", "email": HOME, "npn": "17000002", "shares_email": True}


def invite(world: World, agent: dict[str, Any], **changes: Any) -> Answer:
    return world.call("POST", "/invitations", journey.invitation(agent=agent, **changes), staff=RECRUITER)


def send(world: World, *rows: dict[str, str], dry: bool = False) -> list[dict[str, Any]]:
    query = {"dry_run": "true"} if dry else None
    answer = world.call(
        "POST", "/invitations/bulk", table(*rows), staff=RECRUITER, headers={"Content-Type": "text/csv"}, query=query
    )
    found: list[dict[str, Any]] = expect(answer, 200 if dry else 202).json["rows"]
    return found


def rules(answer: Answer) -> dict[str, str]:
    return {one["field"]: one["rule"] for one in expect(answer, 422).json["errors"]}


@pytest.fixture
def inside(world: World) -> World:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    return world


@pytest.mark.brings("P17")
def test_spouses_who_share_an_address_are_two_people_once_the_recruiter_says_so(world: World) -> None:
    first = expect(invite(world, DANA), 201).json["packet_id"]
    unsaid = expect(invite(world, SAM | {"shares_email": False}), 409).json
    assert (unsaid["code"], unsaid["packet_id"]) == ("packet-already-open", first)
    assert "shares_email" in unsaid["detail"]
    second = expect(invite(world, SAM), 201).json["packet_id"]
    assert second != first
    assert expect(invite(world, SAM | {"npn": None, "first_name": "SAM"}), 409).json["packet_id"] == second
    assert expect(invite(world, DANA | {"npn": None, "shares_email": True}), 409).json["packet_id"] == first
    world.settle()
    mails = {mail["reference"].split(".")[0]: mail["text"] for mail in world.outside.post.sent if mail["to"] == HOME}
    assert set(mails) == {first, second}
    assert "Hello Dana" in mails[first]
    assert "Hello Sam" in mails[second]


@pytest.mark.brings("P17")
def test_each_of_two_spouses_comes_in_by_the_own_link_and_may_be_invited_again_when_it_is_over(world: World) -> None:
    expect(invite(world, DANA), 201)
    world.settle()
    journey.come_in(world)
    first = expect(world.call("GET", "/packet"), 200).json["packet_id"]
    second = expect(invite(world, SAM), 201).json["packet_id"]
    world.settle()
    journey.come_in(world)
    assert expect(world.call("GET", "/packet"), 200).json["packet_id"] == second != first
    expect(world.call("POST", f"/invitations/{second}/withdraw", {"reason": "left"}, staff=RECRUITER), 200)
    assert expect(invite(world, SAM), 201).json["packet_id"] not in (first, second)


@pytest.mark.brings("P17")
def test_the_second_of_two_spouses_is_not_invited_twice_when_the_first_packet_is_over(world: World) -> None:
    first = expect(invite(world, DANA), 201).json["packet_id"]
    second = expect(invite(world, SAM), 201).json["packet_id"]
    expect(world.call("POST", f"/invitations/{first}/withdraw", {"reason": "left"}, staff=RECRUITER), 200)
    unsaid = {"first_name": "SAM", "last_name": "Rivers", "email": HOME.upper()}
    assert expect(invite(world, unsaid), 409).json["packet_id"] == second
    (by_file,) = send(world, row(1, email=HOME, first_name="Sam", last_name="Rivers"), dry=True)
    assert (by_file["outcome"], by_file["packet_id"]) == ("refused", second)
    elsewhere = expect(invite(world, unsaid | {"email": "typo@example.com"}), 201).json["packet_id"]
    corrected = world.call("PUT", f"/invitations/{elsewhere}/agent-email", {"email": HOME}, staff=RECRUITER)
    assert expect(corrected, 409).json["packet_id"] == second
    expect(world.call("POST", f"/invitations/{second}/withdraw", {"reason": "left"}, staff=RECRUITER), 200)
    expect(invite(world, unsaid), 201)


@pytest.mark.brings("P17")
@pytest.mark.parametrize("said", [("", "yes"), ("yes", "")])
def test_a_file_invites_the_same_person_once_whether_or_not_each_row_calls_the_address_shared(
    world: World, said: tuple[str, str]
) -> None:
    rows = [row(number, email=HOME, first_name="Sam", shares_email=one) for number, one in enumerate(said, 1)]
    assert [one["outcome"] for one in send(world, *rows)] == ["created", "refused"]


@pytest.mark.brings("P17")
def test_a_file_names_spouses_who_share_an_address(world: World) -> None:
    rows = (
        row(1, email=HOME, first_name="Dana"),
        row(2, email=HOME, first_name="Sam"),
        row(3, email=HOME, first_name="Sam", shares_email="yes"),
        row(4, email=HOME, first_name="Kim", shares_email="perhaps"),
    )
    for dry, good in ((True, "valid"), (False, "created")):
        found = send(world, *rows, dry=dry)
        assert [one["outcome"] for one in found] == [good, "refused", good, "refused"]
        assert "shares_email" in found[1]["errors"][0]["message"]
        assert found[3]["errors"][0]["field"] == "shares_email"


@pytest.mark.brings("P17")
def test_yes_or_no_is_asked_for_in_plain_words_and_both_languages(world: World) -> None:
    said = {"\u200bYES ": "valid", "s\u00ed": "valid", "No": "valid", "perhaps": "refused", "2": "refused"}
    rows = [row(number, shares_email=one) for number, one in enumerate(said, 1)]
    found = send(world, *rows, dry=True)
    assert [one["outcome"] for one in found] == list(said.values())
    assert found[3]["errors"] == [{"field": "shares_email", "rule": "yes-or-no", "message": "Please write yes or no."}]
    body = journey.invitation(agent=SAM | {"shares_email": "perhaps"})
    answer = world.call("POST", "/invitations", body, staff=RECRUITER, headers={"Accept-Language": "es"})
    assert expect(answer, 422).json["errors"][0]["message"] == "Escriba s\u00ed o no."


@pytest.mark.brings("P11")
@pytest.mark.parametrize("copied", ["mailto:dana@example.com", "<dana@example.com>", "MAILTO:<dana@example.com>"])
def test_a_copied_address_is_taken_without_what_made_a_link_of_it(inside: World, copied: str) -> None:
    expect(save(inside, "agent", AGENT | {"email": copied}), 200)
    shown = expect(inside.call("GET", "/packet/interview/agent"), 200).json["answers"]
    assert shown["email"] == "dana@example.com"


@pytest.mark.brings("P20")
@pytest.mark.parametrize("typed", ["jose@münchen.de", "jose@xn--mnchen-3ya.de", "jose@MÜNCHEN。DE"])
def test_a_host_beyond_ascii_is_read_alike_by_portal_api_and_file(inside: World, typed: str) -> None:
    kept = "jose@xn--mnchen-3ya.de"
    person = {"first_name": "Jose", "last_name": "Rivers", "email": typed}
    by_api = expect(invite(inside, person), 201).json["packet_id"]
    assert wiring.packets().load(by_api).agent.email == kept
    (by_file,) = send(inside, row(1, email=typed), dry=True)
    assert (by_file["outcome"], by_file["packet_id"]) == ("refused", by_api)  # the same address
    expect(save(inside, "agent", AGENT | {"email": typed}), 200)
    shown = expect(inside.call("GET", "/packet/interview/agent"), 200).json["answers"]
    assert shown["email"] == kept
    inside.settle()
    assert [mail["to"] for mail in inside.outside.post.sent if mail["reference"].startswith(by_api)] == [kept]


@pytest.mark.brings("P20")
def test_a_site_keeps_its_sharp_s(inside: World) -> None:
    pages = dict.fromkeys(("facebook", "linkedin", "other"), "None")
    expect(save(inside, "online-presence", pages | {"website": "straße-agentur.com"}), 200)
    shown = expect(inside.call("GET", "/packet/interview/online-presence"), 200).json["answers"]
    assert shown["website"] == "https://xn--strae-agentur-edb.com"


@pytest.mark.brings("P10", "P10b")
@pytest.mark.parametrize(
    ("name", "rule"), [("小", "name-unshowable"), ("\u3164", "name-characters"), ("\ufe0f", "name-characters")]
)
def test_a_name_that_no_paper_shows_is_refused_wherever_it_is_typed(inside: World, name: str, rule: str) -> None:
    person = {"first_name": name, "last_name": "Rivers", "email": "li@example.com"}
    assert rules(invite(inside, person)) == {"agent.first_name": rule}
    assert rules(save(inside, "agent", AGENT | {"first_name": name})) == {"first_name": rule}
    (by_file,) = send(inside, row(1, first_name=name), dry=True)
    assert [one["rule"] for one in by_file["errors"]] == [rule]


@pytest.mark.brings("P10")
def test_an_agency_or_recruiter_that_no_paper_shows_is_refused_too(world: World) -> None:
    recruiter = {"name": "李 Park", "email": "robin@agency.example", "phone": "(615) 555-0100"}
    person = {"first_name": "Dana", "last_name": "Rivers", "email": "dana@example.com"}
    agency = {"id": "agency-1", "name": "华 Agency"}
    assert rules(invite(world, person, recruiter=recruiter, agency=agency)) == {
        "recruiter.name": "name-unshowable",
        "agency.name": "name-unshowable",
    }
    assert rules(invite(world, person, agency=agency | {"name": "\u3164"})) == {"agency.name": "name-characters"}


@pytest.mark.brings("P9", "P17")
def test_what_was_typed_is_kept_and_other_systems_are_told_it_plainly(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []
    known = inside.outside.registry.identity
    monkeypatch.setattr(
        inside.outside.registry, "identity", lambda npn, person: [sent.append(dict(person)), known(npn, person)][1]
    )
    typed = {"last_name": "O’Rourke‑King, Jr.", "mobile_phone": "(615) 555‑0123 ext. 12"}
    expect(save(inside, "agent", AGENT | typed), 200)
    shown = expect(inside.call("GET", "/packet/interview/agent"), 200).json["answers"]
    assert (shown["last_name"], shown["suffix"]) == ("O’Rourke‑King", "JR")
    assert shown["mobile_phone"] == "+16155550123;ext=12"
    assert sent[-1]["last_name"] == "O'Rourke-King"


@pytest.mark.brings("P9")
@pytest.mark.parametrize(
    ("typed", "initials", "kept"),
    [
        ("Dana Lee O'Rourke-King, Jr.", "D.L.O", "Dana Lee O'Rourke-King, Jr."),
        ("dana lee o’rourke‑king JR", "dlok", "dana lee o’rourke‑king JR"),
        ("Ｄａｎａ　Lee O`Rourke–King Jr.\u200e", "D L O", "Dana Lee O`Rourke–King Jr."),
    ],
)
def test_a_signature_is_the_name_however_its_marks_are_typed(
    world: World, typed: str, initials: str, kept: str
) -> None:
    packet_id = journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world, agent={"last_name": "O’Rourke‑King, Jr."})
    journey.confirm(world)
    journey.consent(world)
    wish = {"full_name": typed, "initials": initials, "style": "flowing"}
    other = wish | {"full_name": "Dana Lee ORourke King"}
    assert rules(world.call("PUT", "/packet/signature", other)) == {"full_name": "name-of-record"}
    unshowable = wish | {"full_name": "𝐃ana Lee O'Rourke-King Jr"}
    assert rules(world.call("PUT", "/packet/signature", unshowable)) == {"full_name": "name-unshowable"}
    assert rules(world.call("PUT", "/packet/signature", wish | {"initials": "小"})) == {"initials": "initials"}
    expect(world.call("PUT", "/packet/signature", wish), 200)
    adoption = wiring.packets().find(Adoption, packet_id)
    assert adoption is not None
    assert adoption.full_name == kept
    assert adoption.initials == initials.replace(".", "").replace(" ", "").upper()


@pytest.mark.brings("P11")
def test_what_copying_brings_is_taken_away_by_portal_api_and_file_alike(inside: World) -> None:
    typed = {"npn": "\u202a1564\u20115555\u202c", "ssn": "987\u201165\u20114320", "ssn_confirm": "987-65-4320\ufeff"}
    typed |= {"email": "\u200bdana@example.com\u00a0", "birth_date": "02\u221229\u22121980"}
    expect(save(inside, "agent", AGENT | typed), 200)
    shown = expect(inside.call("GET", "/packet/interview/agent"), 200).json["answers"]
    assert (shown["npn"], shown["ssn"], shown["email"]) == ("15645555", "***-**-4320", "dana@example.com")
    (by_file,) = send(inside, row(1, email="\u200esam\u00ad@example.com", npn="17\u2011000009", level="\u200b4"))
    assert by_file["outcome"] == "created"
    agent = wiring.packets().load(by_file["packet_id"]).agent
    assert (agent.email, agent.npn) == ("sam@example.com", "17000009")


@pytest.mark.brings("P10")
def test_a_draft_keeps_a_name_that_is_to_be_written_otherwise_and_says_so(inside: World) -> None:
    answer = inside.call(
        "PUT", "/packet/interview/agent", {"first_name": "小"}, headers={"If-Match": "0"}, query={"draft": "true"}
    )
    assert [(one["field"], one["rule"]) for one in expect(answer, 200).json["warnings"]] == [
        ("first_name", "name-unshowable")
    ]
    packet_id = expect(inside.call("GET", "/packet"), 200).json["packet_id"]
    stored = wiring.packets().find(Section, packet_id, "agent")
    assert stored is not None
    assert not stored.complete
