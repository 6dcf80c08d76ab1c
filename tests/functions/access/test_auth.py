"""The agent's way in, request by request."""

from __future__ import annotations

from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.access.access import Session, fingerprint
from tests.support import journey
from tests.support.journey import PASSWORD, expect, link_secret, temporary_password
from tests.support.world import Answer, World

UNKNOWN = "A" * 43


def ask(world: World, secret: str | None = None) -> str:
    """Ask for a temporary password and read it off the mail."""
    expect(world.call("POST", "/access/password-requests", {"invitation": secret or link_secret(world)}), 202)
    world.settle()
    return temporary_password(world)


def sign_in(world: World, password: str, secret: str | None = None) -> Answer:
    return world.call("POST", "/access/sessions", {"invitation": secret or link_secret(world), "password": password})


def change(world: World, new: str, **more: str) -> Answer:
    return world.call("PUT", "/access/password", {"new_password": new, "confirm_password": new, **more})


def current(world: World) -> Answer:
    return world.call("GET", "/access/sessions/current")


@pytest.fixture
def packet_id(world: World) -> str:
    return journey.invite(world)


@pytest.fixture
def inside(world: World, packet_id: str) -> str:
    """An agent signed in with a password of their own."""
    journey.come_in(world)
    return packet_id


def test_a_temporary_password_lets_in_once_and_asks_for_an_own_one(world: World, packet_id: str) -> None:
    answer = expect(sign_in(world, ask(world)), 201)
    assert answer.json["packet_id"] == packet_id
    assert answer.json["status"] == "IN_PROGRESS"
    assert answer.json["must_change_password"] is True


def test_a_replayed_temporary_password_is_refused(world: World, packet_id: str) -> None:
    temporary = ask(world)
    expect(sign_in(world, temporary), 201)
    assert expect(sign_in(world, temporary), 401).json["code"] == "invalid-credentials"


def test_a_temporary_password_lapses(world: World, packet_id: str) -> None:
    temporary = ask(world)
    world.clock.pass_(seconds=600)
    expect(sign_in(world, temporary), 401)


def test_a_new_temporary_password_voids_the_one_before(world: World, packet_id: str) -> None:
    first, second = ask(world), ask(world)
    expect(sign_in(world, first), 401)
    expect(sign_in(world, second), 201)


def test_a_lost_password_is_void_as_soon_as_a_new_one_is_asked_for(world: World, inside: str) -> None:
    ask(world)
    expect(sign_in(world, PASSWORD), 401)
    world.clock.pass_(minutes=10)
    expect(sign_in(world, PASSWORD), 401)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/packet"), ("GET", "/packet/agreement"), ("GET", "/packet/summary")]
)
def test_until_the_password_is_changed_every_other_call_is_refused(
    world: World, packet_id: str, method: str, path: str
) -> None:
    expect(sign_in(world, ask(world)), 201)
    assert expect(world.call(method, path), 403).json["code"] == "password-change-required"


def test_the_own_password_lets_in_from_then_on(world: World, inside: str) -> None:
    world.cookie = None
    answer = expect(sign_in(world, PASSWORD), 201)
    assert answer.json["must_change_password"] is False
    expect(current(world), 200)


def test_the_cookie_is_bound_to_host_tls_and_site(world: World, packet_id: str) -> None:
    (cookie,) = expect(sign_in(world, ask(world)), 201).headers["Set-Cookie"]
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} == set(attributes)


def test_only_the_fingerprint_of_a_session_is_stored(world: World, inside: str) -> None:
    assert world.cookie
    assert wiring.packets().find(Session, fingerprint(world.cookie)) is not None
    assert wiring.packets().find(Session, world.cookie) is None


def test_the_session_is_rotated_at_log_in(world: World, inside: str) -> None:
    before = world.cookie
    expect(sign_in(world, PASSWORD), 201)
    assert world.cookie != before
    world.cookie = before
    expect(current(world), 401)


def test_a_password_change_rotates_the_session_and_ends_all_others(world: World, inside: str) -> None:
    elsewhere = world.cookie
    world.cookie = None
    expect(sign_in(world, PASSWORD), 201)
    here = world.cookie
    expect(change(world, "Juniper8lane", current_password=PASSWORD), 204)
    assert world.cookie not in (here, elsewhere)
    for old in (here, elsewhere):
        world.cookie = old
        expect(current(world), 401)


def test_a_stolen_old_session_cannot_change_the_password(world: World, packet_id: str) -> None:
    expect(sign_in(world, ask(world)), 201)
    stolen = world.cookie
    expect(change(world, PASSWORD), 204)
    world.cookie = stolen
    expect(change(world, "Juniper8lane"), 401)
    expect(sign_in(world, PASSWORD), 201)


def test_a_stolen_live_session_alone_cannot_change_the_password(world: World, inside: str) -> None:
    missing = expect(change(world, "Juniper8lane"), 422).json
    assert missing["errors"][0] | {"message": ""} == {"field": "current_password", "rule": "required", "message": ""}
    wrong = expect(change(world, "Juniper8lane", current_password="Guess7work"), 422).json
    assert wrong["errors"][0]["rule"] == "wrong"


def test_guessing_the_current_password_from_a_stolen_session_is_slowed_down(world: World, inside: str) -> None:
    answers = [change(world, "Juniper8lane", current_password=f"Guess{n}work").status for n in range(4)]
    assert answers == [422, 422, 422, 429]


def test_a_weak_password_is_refused_with_every_rule_it_breaks(world: World, packet_id: str) -> None:
    expect(sign_in(world, ask(world)), 201)
    found = expect(change(world, "dana"), 422).json
    assert found["code"] == "weak-password"
    assert [one["rule"] for one in found["errors"]] == [
        "too-short",
        "needs-digit",
        "needs-upper-case",
        "too-personal",
    ]


@pytest.mark.parametrize("password", ["Meridian77x", "Harbor77xy", "Rivers77x", "Qx15645555x"])
def test_names_and_numbers_of_this_packet_are_refused(world: World, packet_id: str, password: str) -> None:
    expect(sign_in(world, ask(world)), 201)
    assert expect(change(world, password), 422).json["errors"][0]["rule"] == "too-personal"


def test_the_two_passwords_must_be_the_same(world: World, packet_id: str) -> None:
    expect(sign_in(world, ask(world)), 201)
    answer = world.call("PUT", "/access/password", {"new_password": PASSWORD, "confirm_password": PASSWORD + " "})
    assert expect(answer, 422).json["errors"][0]["rule"] == "mismatch"


def test_the_temporary_password_cannot_stay(world: World, packet_id: str) -> None:
    temporary = ask(world)
    expect(sign_in(world, temporary), 201)
    assert expect(change(world, temporary), 422).json["errors"][0]["rule"] == "temporary"


def test_the_strict_profile_is_one_parameter_away(
    world: World, packet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD_PROFILE", "strict")
    wiring.settings.cache_clear()
    wiring.password_policy.cache_clear()
    wiring.ids.cache_clear()
    expect(sign_in(world, ask(world)), 201)
    assert expect(change(world, PASSWORD), 422).json["errors"][0]["rule"] == "too-short"
    expect(change(world, "correct horse battery"), 204)


def test_passwords_are_compared_exactly_and_whole(world: World, packet_id: str) -> None:
    long = "Orchid7 " + "walk" * 29 + "!"
    expect(sign_in(world, ask(world)), 201)
    expect(change(world, long), 204)
    for near in (long[:-1], long + " ", long.lower(), long.strip()[:72]):
        expect(sign_in(world, near), 401)
        world.clock.pass_(minutes=15)
    expect(sign_in(world, long), 201)


def test_two_keyboards_make_one_password(world: World, packet_id: str) -> None:
    expect(sign_in(world, ask(world)), 201)
    expect(change(world, "Caf\u00e9-Walk-7"), 204)
    expect(sign_in(world, "Cafe\u0301-Walk-7"), 201)


def test_log_out_ends_the_session_and_clears_the_browser(world: World, inside: str) -> None:
    token = world.cookie
    answer = expect(world.call("DELETE", "/access/sessions/current"), 204)
    assert answer.headers["Clear-Site-Data"] == ['"cache", "cookies", "storage"']
    assert "Max-Age=0" in answer.headers["Set-Cookie"][0]
    world.cookie = token
    expect(current(world), 401)


def test_an_agent_may_log_out_before_choosing_a_password(world: World, packet_id: str) -> None:
    expect(sign_in(world, ask(world)), 201)
    expect(world.call("DELETE", "/access/sessions/current"), 204)


def test_the_current_session_says_where_the_packet_stands(world: World, inside: str) -> None:
    found = expect(current(world), 200).json
    assert (found["packet_id"], found["status"], found["must_change_password"]) == (inside, "IN_PROGRESS", False)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/access/password-requests", {"invitation": UNKNOWN}),
        ("POST", "/access/sessions", {"invitation": UNKNOWN, "password": "x"}),
        ("PUT", "/access/password", {"new_password": PASSWORD, "confirm_password": PASSWORD}),
        ("DELETE", "/access/sessions/current", None),
    ],
)
def test_a_foreign_page_cannot_make_the_browser_act(
    world: World, inside: str, method: str, path: str, body: Any
) -> None:
    answer = world.call(method, path, body, headers={"X-Requested-With": ""})
    assert expect(answer, 403).json["code"] == "missing-request-header"
    expect(current(world), 200)


COOKIE_NONSENSE = [
    "",
    "__Host-session",
    "__Host-session=",
    "__Host-session=short",
    "__Host-session=" + "A" * 43,
    "__Host-session=" + "A" * 8000,
    "__Host-session=é; x",
    '__Host-session="' + "A" * 41 + '"',
    "__Host-session=" + "../" * 14 + "A",
    ";;;===;;",
    "session=" + "A" * 43,
]


def test_cookie_nonsense_is_nobody(world: World) -> None:
    answers = [world.call("GET", "/access/sessions/current", headers={"Cookie": one}) for one in COOKIE_NONSENSE]
    assert {(answer.status, answer.json["code"]) for answer in answers} == {(401, "not-signed-in")}


def test_two_session_cookies_are_none(world: World, inside: str) -> None:
    both = f"__Host-session={world.cookie}; __Host-session={'A' * 43}"
    world.cookie = None
    expect(world.call("GET", "/access/sessions/current", headers={"Cookie": both}), 401)


BAD_BODIES = [
    (b"", 422, "invalid-request"),
    (b"{", 400, "malformed-json"),
    (b"[" * 100_000, 400, "malformed-json"),
    (b"\xff\xfe", 400, "malformed-text"),
    (b"null", 422, "invalid-request"),
    (b"[]", 422, "invalid-request"),
    (b'{"invitation": 5, "password": "x"}', 422, "invalid-request"),
    (b'{"invitation": "a", "password": null}', 422, "invalid-request"),
    (b'{"invitation": "a", "password": ""}', 422, "invalid-request"),
    (b'{"invitation": "a", "password": "x", "admin": true}', 422, "invalid-request"),
    (b'{"invitation": "\\ud800", "password": "x"}', 422, "invalid-request"),
    (b'{"invitation": "a", "password": "' + b"x" * 1001 + b'"}', 422, "invalid-request"),
    (b'{"invitation": "' + b"x" * 201 + b'", "password": "x"}', 422, "invalid-request"),
    (b'{"invitation": "' + b"x" * 1_000_001 + b'", "password": "x"}', 413, "request-too-large"),
]


def test_a_bad_body_is_refused_before_anything_is_looked_up(world: World) -> None:
    answers = [(body, world.call("POST", "/access/sessions", body)) for body, _, _ in BAD_BODIES]
    found = [(body[:60], answer.status, answer.json["code"]) for body, answer in answers]
    assert found == [(body[:60], status, code) for body, status, code in BAD_BODIES]


def test_a_refusal_never_repeats_what_was_sent(world: World, packet_id: str) -> None:
    answer = world.call(
        "POST", "/access/sessions", {"invitation": "a", "password": "Hunter2secret", "x": "Hunter2secret"}
    )
    assert b"Hunter2secret" not in answer.body


@pytest.mark.failure("R31")
def test_unknown_withdrawn_and_expired_links_and_wrong_passwords_are_answered_alike(
    world: World, packet_id: str
) -> None:
    known = link_secret(world)
    withdrawn_id = journey.invite(world, agent={"first_name": "A", "last_name": "B", "email": "w@example.com"})
    withdrawn = link_secret(world)
    path = f"/invitations/{withdrawn_id}/withdraw"
    expect(world.call("POST", path, {"reason": "a mistake"}, staff=journey.RECRUITER), 200)
    answers = [sign_in(world, "Wrong7word", secret) for secret in (known, UNKNOWN, withdrawn)]
    world.clock.pass_(days=31)
    answers.append(sign_in(world, "Wrong7word", known))
    assert {answer.status for answer in answers} == {401}
    assert len({answer.body for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1


def test_a_password_request_is_accepted_whatever_the_link(world: World, packet_id: str) -> None:
    known = world.call("POST", "/access/password-requests", {"invitation": link_secret(world)})
    unknown = world.call("POST", "/access/password-requests", {"invitation": UNKNOWN})
    assert (known.status, known.body, known.headers) == (unknown.status, unknown.body, unknown.headers)
    assert known.status == 202


def test_after_five_password_mails_in_an_hour_there_is_no_sixth(world: World, packet_id: str) -> None:
    secret = link_secret(world)
    for _ in range(8):
        expect(world.call("POST", "/access/password-requests", {"invitation": secret}), 202)
        world.settle()
    mails = [mail for mail in world.outside.post.sent if "temporary-password" in mail["reference"]]
    assert len(mails) == 5
    world.clock.pass_(hours=1)
    ask(world, secret)


def test_the_lock_answers_429_with_the_seconds_to_wait(world: World, inside: str) -> None:
    for _ in range(3):
        expect(sign_in(world, "Wrong7word"), 401)
    answer = expect(sign_in(world, "Wrong7word"), 429)
    assert answer.json["code"] == "too-many-attempts"
    assert answer.headers["Retry-After"] == ["1"]


def test_an_unknown_link_locks_like_a_known_one(world: World, packet_id: str) -> None:
    statuses = [
        [sign_in(world, "Wrong7word", secret).status for _ in range(5)] for secret in (link_secret(world), UNKNOWN)
    ]
    assert statuses[0] == statuses[1] == [401, 401, 401, 429, 429]


def lock(world: World) -> None:
    for _ in range(10):
        expect(sign_in(world, "Wrong7word"), 401)
        world.clock.pass_(seconds=65)
    assert expect(sign_in(world, PASSWORD), 429).headers["Retry-After"]


def test_a_locked_agent_is_told_by_mail(world: World, inside: str) -> None:
    lock(world)
    world.settle()
    assert [mail["to"] for mail in world.outside.post.sent if "locked" in mail["reference"]] == ["dana@example.com"]


def test_a_fresh_temporary_password_gets_through_a_lock(world: World, inside: str) -> None:
    lock(world)
    expect(sign_in(world, ask(world)), 201)


def test_nobody_can_lock_out_a_fresh_temporary_password(world: World, inside: str) -> None:
    temporary = ask(world)
    answers = [sign_in(world, "Wrong7word").status for _ in range(20)]
    assert set(answers[3:]) == {429}
    expect(sign_in(world, temporary), 201)


def test_the_lock_ends_with_its_window(world: World, inside: str) -> None:
    lock(world)
    world.clock.pass_(minutes=15)
    expect(sign_in(world, PASSWORD), 201)


def test_a_success_forgets_the_failures_before(world: World, inside: str) -> None:
    for _ in range(2):
        expect(sign_in(world, "Wrong7word"), 401)
        expect(sign_in(world, "Wrong7word"), 401)
        expect(sign_in(world, PASSWORD), 201)


def test_one_address_cannot_try_many_links(world: World) -> None:
    answers = [sign_in(world, "Wrong7word", f"{n:043d}").status for n in range(62)]
    assert answers[:60] == [401] * 60
    assert answers[60:] == [429] * 2


def test_an_idle_session_ends_after_half_an_hour(world: World, inside: str) -> None:
    world.clock.pass_(minutes=29)
    expect(current(world), 200)
    world.clock.pass_(minutes=29)
    expect(current(world), 200)
    world.clock.pass_(minutes=30)
    expect(current(world), 401)


def test_a_busy_session_ends_after_twelve_hours(world: World, inside: str) -> None:
    for _ in range(35):
        world.clock.pass_(minutes=20)
        expect(current(world), 200)
    world.clock.pass_(minutes=20)
    expect(current(world), 401)


def test_the_sixth_session_ends_the_first(world: World, inside: str) -> None:
    tokens = [world.cookie]
    for _ in range(5):
        world.cookie = None
        world.clock.pass_(seconds=1)
        expect(sign_in(world, PASSWORD), 201)
        tokens.append(world.cookie)
    statuses = []
    for token in tokens:
        world.cookie = token
        statuses.append(current(world).status)
    assert statuses == [401, 200, 200, 200, 200, 200]


def test_withdrawing_ends_the_session_at_once(world: World, inside: str) -> None:
    withdrawn = world.call("POST", f"/invitations/{inside}/withdraw", {"reason": "left"}, staff=journey.RECRUITER)
    expect(withdrawn, 200)
    expect(current(world), 401)


def test_an_expired_invitation_ends_the_session_before_anybody_sweeps(world: World, inside: str) -> None:
    world.clock.pass_(days=30)
    expect(current(world), 401)


def test_every_answer_forbids_storing_framing_and_guessing(world: World) -> None:
    for answer in (current(world), sign_in(world, "x", UNKNOWN), world.call("POST", "/access/sessions", b"{")):
        assert answer.headers["Cache-Control"] == ["no-store"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"][0]
        assert answer.headers["X-Content-Type-Options"] == ["nosniff"]


def test_every_act_is_on_the_audit_trail_with_who_when_and_whence(world: World, packet_id: str) -> None:
    expect(sign_in(world, "Wrong7word"), 401)
    expect(sign_in(world, ask(world)), 201)
    expect(change(world, PASSWORD), 204)
    expect(world.call("DELETE", "/access/sessions/current"), 204)
    told = wiring.packets().events(packet_id)
    events = [event for event in told if event.type != "invitation.sent"]  # the mail service's word
    assert [event.type for event in events] == [
        "invitation.created",
        "access.login_failed",
        "access.temp_password_requested",
        "access.login_ok",
        "access.password_set",
        "access.logged_out",
    ]
    for event in events:
        assert event.actor.address == "203.0.113.7"
        assert event.actor.user_agent == "test browser"
        assert event.at == world.clock.now()


def test_no_secret_lies_in_the_table_or_in_a_log(
    world: World, packet_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, temporary = link_secret(world), ask(world)
    expect(sign_in(world, "Wrong7word"), 401)
    expect(sign_in(world, temporary), 201)
    expect(change(world, PASSWORD), 204)
    import boto3

    stored = str(boto3.client("dynamodb").scan(TableName="econtracting")["Items"])
    logged = "".join(capsys.readouterr())
    for kept_out in (secret, temporary, PASSWORD, "Wrong7word", world.cookie or "no cookie"):
        assert kept_out not in stored
        assert kept_out not in logged
