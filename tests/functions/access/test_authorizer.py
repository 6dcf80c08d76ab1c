"""Who is calling? The authorizer answers for agents and staff, and for no one else."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from auth import authorizer
from econtracting import wiring
from econtracting.domain.access.access import Session, fingerprint
from econtracting.domain.errors import NotSignedIn, Unavailable
from econtracting.ports import StaffMember
from tests.support import journey
from tests.support.faults import refuse
from tests.support.journey import expect
from tests.support.world import Context, World

ARN = "arn:aws:execute-api:us-east-1:123456789012:api/v1/GET/packet/documents"


class Tokens:
    """A pool that knows one token."""

    def __init__(self, down: bool = False) -> None:
        self.down = down

    def verify(self, token: str) -> StaffMember:
        if self.down:
            raise Unavailable()
        if token != "good.token.here":
            raise NotSignedIn()
        return StaffMember("subject-1", "r@agency.example", frozenset({"recruiter", "contracting"}), "agency-1", "rita")


def authorize(method: str = "GET", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return authorizer.lambda_handler({"headers": named, "methodArn": ARN, "httpMethod": method}, Context())


def refused(**headers: str) -> str:
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - the gateway knows the text only
        authorize(**headers)
    return str(refusal.value)


@pytest.fixture
def cookie(world: World) -> str:
    journey.invite(world)
    journey.come_in(world)
    return f"__Host-session={world.cookie}"


@pytest.fixture
def staff(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "staff_tokens", Tokens)


def test_an_agent_is_known_by_the_session_cookie(world: World, cookie: str) -> None:
    answer = authorize(Cookie=f"theme=dark; {cookie}; a=b")
    context = answer["context"]
    assert context["kind"] == "agent"
    assert context["must_change"] == "false"
    assert context["session"] == fingerprint(str(world.cookie))
    assert context["packet_id"] == answer["principalId"]
    assert all(isinstance(value, str) for value in context.values())


def known_by(*cookies: str, **event: Any) -> bool:
    """Whether the authorizer knows the agent by cookies in fields of their own, of which the gateway names the last."""
    named = {"Cookie": cookies[-1]} if cookies else {}
    request = {"headers": named, "multiValueHeaders": {"Cookie": list(cookies)}, "methodArn": ARN, "httpMethod": "GET"}
    try:
        return bool(authorizer.lambda_handler(request | event, Context())["context"]["packet_id"])
    except Exception as refusal:
        if str(refusal) != authorizer.REFUSED:
            raise
        return False


@pytest.mark.brings("P15")
def test_cookies_in_several_headers_are_one_list(world: World, cookie: str) -> None:
    assert known_by(cookie, "theme=dark")
    assert known_by("theme=dark", cookie)
    assert known_by("a=1", f"b=2; {cookie}", "c=3")
    assert known_by(multiValueHeaders={"cookie": ["a=1", cookie]}, headers=None)
    assert known_by(cookies=["a=1", cookie], headers={}, multiValueHeaders=None)
    assert known_by(multiValueHeaders={"Cookie": ["a=1"], "COOKIE": [cookie]})


@pytest.mark.brings("P15")
def test_a_session_that_comes_twice_is_one_and_two_sessions_are_none(world: World, cookie: str) -> None:
    other = "__Host-session=" + "A" * 43
    assert known_by(cookie, cookie)
    assert known_by(cookie.replace("=", '="') + '"', "theme=dark")
    assert known_by("__Host-session=", cookie)  # what cannot be one is passed over
    assert not known_by(cookie, other)
    assert not known_by(f"{other}; {cookie}")


@pytest.mark.brings("P15")
@pytest.mark.parametrize("form", ["a=1,{}", "a=1, {}", "x{}", "session={}", '"{}"'])
def test_the_value_of_a_foreign_cookie_is_never_ours(world: World, cookie: str, form: str) -> None:
    """A neighbor's site may set cookies for ours, but none of the `__Host-` name: it may not smuggle one in a value."""
    assert not known_by(form.format(cookie))


@pytest.mark.brings("P15")
def test_the_door_finds_the_session_that_a_log_in_replaces_in_any_header(world: World, cookie: str) -> None:
    body = {"invitation": journey.link_secret(world), "password": journey.PASSWORD}
    standing, world.cookie = world.cookie, None
    headers = {"Cookie": [f"__Host-session={standing}", "theme=dark"]}
    expect(world.call("POST", "/access/sessions", body, headers=headers), 201)
    assert world.cookie != standing
    assert not known_by(f"__Host-session={standing}")


@pytest.mark.brings("P15")
def test_an_agent_with_cookies_in_several_headers_is_served(world: World, cookie: str) -> None:
    world.cookie = None
    expect(world.call("GET", "/access/sessions/current", headers={"Cookie": [cookie, "theme=dark"]}), 200)


def test_the_policy_covers_the_stage_and_nothing_else(world: World, cookie: str) -> None:
    (statement,) = authorize(Cookie=cookie)["policyDocument"]["Statement"]
    assert statement == {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": "arn:aws:execute-api:us-east-1:123456789012:api/v1/*",
    }


def test_a_session_with_a_temporary_password_says_so(world: World) -> None:
    journey.invite(world)
    secret = journey.link_secret(world)
    expect(world.call("POST", "/access/password-requests", {"invitation": secret}), 202)
    world.settle()
    body = {"invitation": secret, "password": journey.temporary_password(world)}
    expect(world.call("POST", "/access/sessions", body), 201)
    assert authorize(Cookie=f"__Host-session={world.cookie}")["context"]["must_change"] == "true"


def test_staff_are_known_by_their_token(staff: None) -> None:
    answer = authorize(Authorization="Bearer good.token.here")
    assert answer["context"] == {
        "kind": "staff",
        "subject": "subject-1",
        "email": "r@agency.example",
        "groups": "contracting,recruiter",
        "agency_id": "agency-1",
    }


@pytest.mark.brings("P12")
def test_a_members_name_and_telephone_go_along_where_the_token_says_them(
    staff: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    robin = StaffMember("subject-1", "r@agency.example", frozenset({"recruiter"}), "agency-1", "rita", "Robin", "+1615")
    monkeypatch.setattr(Tokens, "verify", lambda *_: robin)
    context = authorize(Authorization="Bearer good.token.here")["context"]
    assert (context["name"], context["phone"]) == ("Robin", "+1615")


def test_header_names_have_no_case(staff: None) -> None:
    assert authorize(AUTHORIZATION="bearer good.token.here")["context"]["kind"] == "staff"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Basic Z29vZA=="},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer other.token"},
        {"Authorization": "Bearer " + "x" * 9000},
        {"Cookie": "__Host-session=" + "A" * 43},
    ],
)
def test_everybody_else_is_refused_in_the_gateways_own_word(staff: None, headers: dict[str, str]) -> None:
    assert refused(**headers) == "Unauthorized"


def test_a_bad_token_is_not_made_good_by_a_cookie(staff: None, cookie: str) -> None:
    assert refused(Cookie=cookie, Authorization="Bearer other.token") == "Unauthorized"


def test_no_headers_at_all_are_nobody(world: World) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorizer.lambda_handler({"headers": None, "methodArn": ARN}, Context())


def test_an_ended_packet_admits_no_session(world: World, cookie: str) -> None:
    packet_id = authorize(Cookie=cookie)["context"]["packet_id"]
    path = f"/invitations/{packet_id}/withdraw"
    expect(world.call("POST", path, {"reason": "left"}, staff=journey.RECRUITER), 200)
    assert refused(Cookie=cookie) == "Unauthorized"


def test_the_last_use_is_written_at_most_once_a_minute(world: World, cookie: str) -> None:
    def last_seen() -> Any:
        session = wiring.packets().find(Session, fingerprint(str(world.cookie)))
        assert session is not None
        return session.last_seen_at

    started = last_seen()
    world.clock.pass_(seconds=59)
    authorize(Cookie=cookie)
    assert last_seen() == started
    world.clock.pass_(seconds=1)
    authorize(Cookie=cookie)
    assert last_seen() == world.clock.now()


def test_a_late_write_of_the_last_use_does_not_revive_a_session(world: World, cookie: str) -> None:
    session = wiring.packets().find(Session, fingerprint(str(world.cookie)))
    assert session is not None
    expect(world.call("DELETE", "/access/sessions/current"), 204)
    wiring.packets().refresh(session.model_copy(update={"last_seen_at": world.clock.now()}))
    assert refused(Cookie=cookie) == "Unauthorized"


def test_an_outage_admits_nobody_and_is_not_told_as_a_refusal(
    world: World, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = boto3.client("dynamodb")
    monkeypatch.setattr(wiring.packets(), "_client", client)
    refuse(client, "GetItem", 10, "ProvisionedThroughputExceededException", 400)
    with pytest.raises(Unavailable):
        authorize(Cookie=cookie)


def test_an_outage_of_the_key_set_admits_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "staff_tokens", lambda: Tokens(down=True))
    with pytest.raises(Unavailable):
        authorize(Authorization="Bearer good.token.here")


@pytest.fixture
def account(staff: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The account of the token in a user pool, in the groups that the token names."""
    cognito = boto3.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="staff")["UserPool"]["Id"]
    monkeypatch.setenv("STAFF_POOL_ID", pool)
    wiring.forget()
    who = {"UserPoolId": pool, "Username": "rita"}
    cognito.admin_create_user(**who, MessageAction="SUPPRESS")
    for group in ("recruiter", "contracting"):
        cognito.create_group(UserPoolId=pool, GroupName=group)
        cognito.admin_add_user_to_group(**who, GroupName=group)
    return who


def groups(method: str) -> str:
    return str(authorize(method, Authorization="Bearer good.token.here")["context"]["groups"])


@pytest.mark.law("T17")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_who_is_disabled_or_gone_acts_no_more_although_the_token_lives(account: dict[str, str], method: str) -> None:
    cognito = boto3.client("cognito-idp")
    assert groups(method) == "contracting,recruiter"
    cognito.admin_disable_user(**account)
    assert refused_for(method) == "Unauthorized"
    cognito.admin_enable_user(**account)
    assert groups(method) == "contracting,recruiter"
    cognito.admin_delete_user(**account)
    assert refused_for(method) == "Unauthorized"


@pytest.mark.law("T17")
def test_a_right_that_was_taken_away_is_gone_for_the_next_act(account: dict[str, str]) -> None:
    boto3.client("cognito-idp").admin_remove_user_from_group(**account, GroupName="contracting")
    assert groups("POST") == "recruiter"
    boto3.client("cognito-idp").admin_remove_user_from_group(**account, GroupName="recruiter")
    assert refused_for("POST") == "Unauthorized"


@pytest.mark.law("T17")
def test_a_token_with_fewer_groups_than_its_account_gains_none(account: dict[str, str]) -> None:
    cognito = boto3.client("cognito-idp")
    cognito.create_group(UserPoolId=account["UserPoolId"], GroupName="carrier-system")
    cognito.admin_add_user_to_group(**account, GroupName="carrier-system")
    assert groups("POST") == "contracting,recruiter"


def test_reading_asks_the_pool_nothing(staff: None) -> None:
    assert groups("GET") == "contracting,recruiter"


def refused_for(method: str) -> str:
    with pytest.raises(Exception) as refusal:  # noqa: PT011 - the gateway knows the text only
        groups(method)
    return str(refusal.value)
