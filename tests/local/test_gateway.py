import json
import re

import httpx
import pytest

from local.config import SENDER, Config, Ports
from local.gateway import application, incoming_cookies, outgoing_cookie
from local.processes import free_port
from local.stack import Stack
from tests.local.conftest import Received, Recorder, Serve


@pytest.fixture
def config(tmp_path, recorder: Recorder) -> Config:  # type: ignore[no-untyped-def]
    """Here the recording server is what lies behind the gateway."""
    return Config(tmp_path, Ports(portal=free_port(), emulator=recorder.port))


@pytest.fixture
def gateway(serve: Serve, config: Config) -> httpx.Client:
    (config.home / "outputs.json").write_text(json.dumps({"ApiId": "abc123"}))
    return serve(application, "portal")


def test_the_session_cookie_loses_what_needs_tls_on_its_way_out() -> None:
    cookie = "__Host-session=s3cr=t; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=10"
    assert outgoing_cookie(cookie) == "session=s3cr=t; HttpOnly; SameSite=Strict; Path=/; Max-Age=10"


def test_other_cookies_pass_unchanged() -> None:
    assert outgoing_cookie("theme=dark; Secure; Path=/") == "theme=dark; Secure; Path=/"


def test_the_session_cookie_gets_its_name_back_on_its_way_in() -> None:
    assert incoming_cookies("theme=dark; session=s3cr=t") == "theme=dark; __Host-session=s3cr=t"


def test_a_cookie_that_only_sounds_like_the_session_passes_unchanged() -> None:
    assert incoming_cookies("mysession=1; sessions=2") == "mysession=1; sessions=2"


def test_calls_reach_the_api_stage_byte_for_byte(gateway: httpx.Client, recorder: Recorder) -> None:
    gateway.post("/api/packet/a%2Fb?x=1&x=%20", content=b'{ "raw":  "\xc3\xa9" }', headers={"X-Signature": "ab"})
    (request,) = recorder.wait_for(1)
    assert request.path == "/_aws/execute-api/abc123/v1/packet/a%2Fb?x=1&x=%20"
    assert request.body == b'{ "raw":  "\xc3\xa9" }'
    assert request.headers["x-signature"] == "ab"


@pytest.mark.parametrize(
    "path", ["%0A%C2%85x", "%10%01", "%00", "%7F", "%FF%FE", "..%2F..", "%F3%97%8D%9F", "%3Fa%23b"]
)
def test_a_path_of_strange_characters_reaches_the_stage_as_it_came(
    gateway: httpx.Client, recorder: Recorder, path: str
) -> None:
    gateway.get(f"/api/packet/{path}/content")
    (request,) = recorder.wait_for(1)
    assert request.path == f"/_aws/execute-api/abc123/v1/packet/{path}/content"


@pytest.mark.parametrize(
    ("sent", "seen"), [("a=1;", "a=1"), (";a=1", "a=1"), ("a=1;;session=2 ;", "a=1; __Host-session=2"), (";", "")]
)
def test_cookies_with_empty_places_reach_the_stage_without_them(
    gateway: httpx.Client, recorder: Recorder, sent: str, seen: str
) -> None:
    gateway.get("/api/packet", headers={"Cookie": sent})
    (request,) = recorder.wait_for(1)
    assert request.headers["cookie"] == seen


def test_the_callers_address_is_the_connections(stack: Stack, config: Config, recorder: Recorder) -> None:
    (config.home / "outputs.json").write_text(json.dumps({"ApiId": "abc123"}))
    stack.start_part("portal")
    claimed = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    httpx.get(config.url("portal") + "/api/packet", headers=claimed)
    (request,) = recorder.wait_for(1)
    assert request.headers["x-forwarded-for"] == "127.0.0.1"
    assert "forwarded" not in request.headers


@pytest.mark.brings("P15")
def test_cookies_in_several_fields_reach_the_stage_in_one(gateway: httpx.Client, recorder: Recorder) -> None:
    gateway.get("/api/packet", headers=[("Cookie", "a=1"), ("cookie", "session=2"), ("Cookie", "b=3")])
    (request,) = recorder.wait_for(1)
    assert request.headers["cookie"] == "a=1; __Host-session=2; b=3"


def test_answers_come_back_unharmed_with_every_cookie(gateway: httpx.Client, recorder: Recorder) -> None:
    pdf = bytes(range(256))
    cookies = [("Set-Cookie", "__Host-session=a; Secure; Path=/"), ("Set-Cookie", "b=2; Path=/")]
    recorder.answer = lambda request: (201, [("Content-Type", "application/pdf"), *cookies], pdf)
    answer = gateway.get("/api/packet/documents/d/content")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (201, pdf, "application/pdf")
    assert answer.headers.get_list("set-cookie") == ["session=a; Path=/", "b=2; Path=/"]


def test_before_the_deployment_callers_are_told_to_come_back(config: Config, gateway: httpx.Client) -> None:
    (config.home / "outputs.json").unlink()
    answer = gateway.get("/api/packet")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "temporarily-unavailable"


def mail(to: str, subject: str = "Your invitation") -> dict[str, object]:
    text = "Open http://127.0.0.1:8000/#/invitation/s3cret. Thank you."
    return {
        "FromEmailAddress": f"Meridian Health <{SENDER}>",
        "Destination": {"ToAddresses": [to]},
        "Content": {
            "Simple": {
                "Subject": {"Data": subject},
                "Body": {
                    "Text": {"Data": text},
                    "Html": {"Data": "<p>Open <a href='http://127.0.0.1:8000/'>it</a></p>"},
                },
                "Headers": [{"Name": "X-Reference", "Value": "pkt_1#invitation#1"}],
            }
        },
    }


def accept(request: Received) -> tuple[int, list[tuple[str, str]], bytes]:
    return 200, [("Content-Type", "application/json")], b'{"MessageId": "m-1"}'


def test_an_accepted_mail_can_be_read_with_its_headers_after_a_restart(
    stack: Stack, recorder: Recorder, config: Config
) -> None:
    recorder.answer = accept
    stack.start_part("portal")
    gateway = httpx.Client(base_url=config.url("portal"))
    gateway.post("/mail-service/v2/email/outbound-emails", json=mail("dana@example.com", "<Grüße>"))
    stack.children["portal"].kill()
    stack.start_part("portal")
    (kept,) = gateway.get("/inbox.json", params={"to": "Dana@example.com"}).json()
    assert kept["subject"] == "<Grüße>"
    assert kept["headers"] == {"X-Reference": "pkt_1#invitation#1"}
    page = gateway.get("/inbox/1").text
    assert "&lt;Grüße&gt;" in page
    assert 'href="http://127.0.0.1:8000/#/invitation/s3cret"' in page
    assert re.search(r'<iframe [^>]*sandbox="[^"]*"[^>]* src="/inbox/1/html"', page)
    assert "sandbox" in gateway.get("/inbox/1/html").headers["content-security-policy"]


def test_a_refused_mail_is_not_in_the_inbox(gateway: httpx.Client, recorder: Recorder) -> None:
    recorder.answer = lambda request: (400, [], b"{}")
    answer = gateway.post("/mail-service/v2/email/outbound-emails", json=mail("dana@example.com"))
    assert answer.status_code == 400
    assert gateway.get("/inbox.json").json() == []


def test_the_portal_answers_at_the_root_with_its_security_headers(gateway: httpx.Client) -> None:
    answer = gateway.get("/")
    assert answer.status_code == 200
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
