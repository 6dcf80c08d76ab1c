"""What stands beside a body: parameters of the query and paths, read in one way by every route."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import journey
from tests.support.journey import CONTRACTING, RECRUITER, expect
from tests.support.world import Answer, Context, World, handler_of

pytestmark = pytest.mark.brings("N15")

LISTS = [("/invitations", "status"), ("/packets", "status"), ("/packets", "queue"), ("/messages", "status")]
READY = "/producers/15645555/ready-to-sell"


def ask(world: World, path: str, query: Any = None, method: str = "GET", staff: Any = CONTRACTING) -> Answer:
    return world.call(method, path, staff=staff, query=query)


def rules(answer: Answer) -> list[tuple[str, str]]:
    assert answer.json["code"] == "invalid-request"
    assert "Input should" not in answer.body.decode()
    return [(error["field"], error["rule"]) for error in answer.json["errors"]]


@pytest.mark.parametrize(("path", "name"), LISTS)
def test_an_empty_parameter_of_a_list_is_none(world: World, path: str, name: str) -> None:
    without, empty = ask(world, path), ask(world, path, {name: ""})
    assert (empty.status, empty.json) == (without.status, without.json)


@pytest.mark.parametrize("name", ["cursor", "agency_id"])
def test_other_empty_parameters_are_none_as_well(world: World, name: str) -> None:
    expect(ask(world, "/invitations", {"status": "INVITED", name: ""}), 200)


def test_an_empty_parameter_that_has_to_be_there_is_missing(world: World) -> None:
    for query in (None, {"state": ""}):
        answer = expect(ask(world, READY, query), 422)
        assert rules(answer) == [("state", "missing")]
        assert answer.json["errors"][0]["message"] == "Please give this."


def test_an_act_is_not_guessed_from_an_empty_parameter(world: World) -> None:
    """`?dry_run` without a value would otherwise invite everybody in the file."""
    assert rules(expect(ask(world, "/invitations/bulk", {"dry_run": ""}, "POST"), 422)) == [("dry_run", "empty")]


@pytest.mark.parametrize(("path", "name"), [*LISTS, ("/packets", "cursor"), (READY, "state"), (READY, "on")])
@pytest.mark.parametrize("values", [["INVITED", "ACTIVE"], ["open", "open"], ["", ""], ["TN", ""]])
def test_a_parameter_that_comes_twice_is_refused_by_name(world: World, path: str, name: str, values: list[str]) -> None:
    answer = expect(ask(world, path, {name: values}), 422)
    assert rules(answer) == [(name, "repeated")]
    assert "Please give it once" in answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "name", "way_out"),
    [
        ("/packets", "stauts", "Did you mean status?"),
        ("/packets", "Queue", "Did you mean queue?"),
        (READY, "date", "It takes state, on."),
        ("/packets/pkt_none/events", "page", "It takes none."),
    ],
)
def test_a_parameter_that_a_route_does_not_take_is_refused_with_the_nearest_name(
    world: World, path: str, name: str, way_out: str
) -> None:
    answer = expect(ask(world, path, {name: "SECRET", "state": "TN"} if path == READY else {name: "SECRET"}), 422)
    assert rules(answer) == [("", "unknown")]
    assert way_out in answer.json["detail"]
    assert b"SECRET" not in answer.body


def test_a_vendors_message_may_bring_any_parameter(world: World) -> None:
    answer = world.call("POST", "/webhooks/appointments", {}, query={"source": ["a", "b"]})
    expect(answer, 401)  # for its signature, nothing else


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("/messages", {"status": "lost"}, "This is one of 'open', 'applied' or 'set-aside'."),
        ("/packets", {"cursor": "x" * 1001}, "Please use at most 1000 characters."),
        ("/packets", {"queue": "lost"}, "This is one of 'review', 'adverse', 'correction', 'waiting', 'news'"),
    ],
)
def test_a_value_that_is_none_of_the_list_is_refused_in_our_words(
    world: World, path: str, query: dict[str, str], message: str
) -> None:
    answer = expect(ask(world, path, query), 422)
    assert rules(answer)
    assert message in answer.json["detail"]


def test_truth_is_written_as_a_word(world: World) -> None:
    answer = expect(ask(world, "/invitations/bulk", {"dry_run": "perhaps"}, "POST"), 422)
    assert answer.json["errors"][0]["message"] == "Please write true or false."


def sent(world: World, method: str, path: str, resource: str = "/invitations/{packet_id}") -> Answer:
    """A request with a path that no client writes by itself, as the gateway hands it on."""
    event = world._event(method, path, resource, {}, None, b"")
    event["requestContext"]["authorizer"] = dict(RECRUITER)
    answer = handler_of("InviteFunction")(event, Context())
    return Answer(answer["statusCode"], answer["multiValueHeaders"], answer["body"].encode())


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/invitations/a%2Fb", "packet-not-found"),
        ("/invitations/é", "packet-not-found"),
        ("/invitations/" + "x" * 3000, "packet-not-found"),
        ("/invitations/..", "packet-not-found"),
        ("/invitations/a/b", "route-not-found"),
        ("/invitations\n", "route-not-found"),
        ("/invitations/pkt\n", "route-not-found"),
        ("/invitations/a\nb", "route-not-found"),
        ("/invitations/\x00", "route-not-found"),
        ("/invitations/\x7f", "route-not-found"),
        ('/invitations/"', "route-not-found"),
        ("//invitations", "route-not-found"),
        ("/INVITATIONS", "route-not-found"),
        ("", "route-not-found"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "BREW"])
def test_an_odd_path_is_answered_in_our_words(world: World, path: str, code: str, method: str) -> None:
    answer = sent(world, method, path)
    expected = "method-not-allowed" if method == "BREW" and code == "packet-not-found" else code
    assert answer.json["code"] == expected
    assert answer.headers["Content-Type"] == ["application/problem+json"]


@pytest.mark.parametrize("path", ["/invitations/", "/invitations//"])
def test_a_slash_too_many_at_the_end_changes_nothing(world: World, path: str) -> None:
    journey.invite(world)
    assert sent(world, "GET", path, "/invitations").json == sent(world, "GET", "/invitations", "/invitations").json


@pytest.mark.parametrize("method", ["DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"])
def test_a_wrong_method_is_told_the_right_ones(world: World, method: str) -> None:
    answer = sent(world, method, "/invitations", "/invitations")
    assert (answer.status, answer.headers["Allow"]) == (405, ["GET, POST"])
    assert answer.json["detail"] == "Use GET or POST."
