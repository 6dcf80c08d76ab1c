"""Who is calling, behind the distribution: the template's two ends of it, and what the doors make of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from econtracting.http.edge import seen_through
from local import portal
from tests.support.deployed import ROOT, functions, routes, template

SECRET = "k" * 48


def event(headers: dict[str, str]) -> dict[str, Any]:
    return {
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {"identity": {"sourceIp": "198.51.100.9", "userAgent": "a browser"}},
    }


def knowing(secret: str | None) -> Callable[[str], bool]:
    return lambda shown: bool(secret) and shown == secret


def source(headers: dict[str, str], secret: str | None = SECRET) -> str:
    return str(seen_through(event(headers), knowing(secret))["requestContext"]["identity"]["sourceIp"])


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::7"])
def test_the_distributions_finding_is_the_callers_address(address: str) -> None:
    assert source({"X-Edge-Secret": SECRET, "X-Viewer-Address": address}) == address


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Viewer-Address": "203.0.113.7"},
        {"X-Viewer-Address": "203.0.113.7", "X-Edge-Secret": ""},
        {"X-Viewer-Address": "203.0.113.7", "X-Edge-Secret": SECRET[:-1]},
        {"X-Viewer-Address": "203.0.113.7", "X-Edge-Secret": "k\u00e9"},
        {"X-Viewer-Address": "not an address", "X-Edge-Secret": SECRET},
        {"X-Edge-Secret": SECRET},
        {"X-Forwarded-For": "203.0.113.7", "X-Edge-Secret": SECRET},
    ],
)
def test_whoever_cannot_prove_to_be_the_distribution_is_where_the_gateway_saw_them(headers: dict[str, str]) -> None:
    assert source(headers) == "198.51.100.9"


def test_where_there_is_no_distribution_no_header_counts() -> None:
    claimed = {"X-Viewer-Address": "203.0.113.7", "X-Edge-Secret": ""}
    assert source(claimed, None) == source(claimed, "") == "198.51.100.9"


def test_the_secret_goes_no_further_than_the_door() -> None:
    kept = seen_through(
        event({"X-Edge-Secret": SECRET, "X-Viewer-Address": "203.0.113.7", "Accept": "*/*"}), knowing(SECRET)
    )
    assert SECRET not in json.dumps(kept)
    assert kept["headers"] == {"Accept": "*/*"}


@pytest.mark.law("T18")
def test_the_distribution_and_every_door_share_one_secret() -> None:
    resources = template()["Resources"]
    [api] = [one for one in resources["Portal"]["Properties"]["DistributionConfig"]["Origins"] if one["Id"] == "api"]
    [header] = api["OriginCustomHeaders"]
    assert header == {"HeaderName": "x-edge-secret", "HeaderValue": {"Sub": "{{resolve:secretsmanager:${EdgeSecret}}}"}}
    doors = {name: functions()[name] for _, _, name in routes()}
    assert len(doors) == 5
    for name, door in doors.items():
        condition, on_aws, elsewhere = door["Environment"]["Variables"]["EDGE_SECRET_ID"]["If"]
        assert (condition, on_aws) == ("OnAws", {"Ref": "EdgeSecret"}), name  # its name, never its value
        assert elsewhere == {"Ref": "AWS::NoValue"}


def test_the_web_acl_counts_everybody_once() -> None:
    rules = {one["Name"]: one["Statement"] for one in template()["Resources"]["WebAcl"]["Properties"]["Rules"]}
    viewer, address = (rules[name]["RateBasedStatement"] for name in ("per-viewer", "per-address"))
    assert viewer["ForwardedIPConfig"]["HeaderName"] == "x-viewer-address"
    assert address["ScopeDownStatement"] == {"NotStatement": {"Statement": viewer["ScopeDownStatement"]}}


def ran(function: str, request: dict[str, Any]) -> tuple[Any, list[str]]:
    """What a function of the distribution makes of a request, and what it logs."""
    folder = subprocess.run([ROOT / "scripts/node"], capture_output=True, text=True, check=True).stdout.strip()
    code = template()["Resources"][function]["Properties"]["FunctionCode"]
    asked = {"context": {"requestId": "r-1"}, "viewer": {"ip": "203.0.113.7"}, "request": request}
    script = f"{code}; console.log(JSON.stringify(handler({json.dumps(asked)})))"
    done = subprocess.run([f"{folder}/node", "-e", script], capture_output=True, text=True, check=True)
    *logged, answer = done.stdout.splitlines()
    return json.loads(answer), logged


def test_a_viewer_cannot_say_who_they_are() -> None:
    sent, _ = ran("ApiPath", {"uri": "/api/packet", "headers": {"x-viewer-address": {"value": "10.0.0.1"}}})
    assert sent == {"uri": "/packet", "headers": {"x-viewer-address": {"value": "203.0.113.7"}}}


@pytest.mark.brings("P6")
@pytest.mark.parametrize("mark", ["%3F", "%3f", "%253F", "%25253f"])
@pytest.mark.parametrize("equals", ["=", "%3D", "%253d"])
def test_the_secret_of_an_address_for_mail_programs_never_stands_in_a_path(mark: str, equals: str) -> None:
    asked = {"uri": f"/api/reminder-stops{mark}token{equals}s3cr3t-_.", "headers": {}, "querystring": {}}
    sent, logged = ran("ApiPath", asked)
    assert (sent["uri"], sent["querystring"], logged) == ("/reminder-stops", {"token": {"value": "s3cr3t-_"}}, [])


PAGES = ("/", "/%23/invitation/s3cr3t", "/#/invitation/s3cr3t.", "/invitation/s3cr3t", "/nowhere/at.all", "/index.html")
FILES = ("/carrier.json", "/mark.svg", "/assets/index-C4a1.js", "/favicon.ico")


@pytest.mark.brings("P6")
@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_the_page_answers_at_every_path_that_is_no_file(path: str) -> None:
    sent, logged = ran("PortalPath", {"uri": path, "querystring": {"utm_source": {"value": "mail"}}})
    assert logged == [f"r-1 {sent['uri']}"]
    assert sent == {"uri": path if path in FILES else "/index.html", "querystring": {}}
    assert (portal.FILE.fullmatch(path.removeprefix("/")) is not None) == (path in (*FILES, "/index.html"))


@pytest.mark.brings("P6")
def test_what_the_portal_consists_of_is_known_as_files() -> None:
    top = [path.name for path in (ROOT / "web/public").iterdir()]
    assert top
    assert [name for name in top if portal.FILE.fullmatch(name) is None] == []


@pytest.mark.brings("P6")
def test_no_log_keeps_a_path_that_a_program_has_made_of_a_link() -> None:
    resources = template()["Resources"]
    kept = resources["PortalLogDelivery"]["Properties"]["RecordFields"]
    assert [field for field in kept if field.startswith(("cs-uri", "cs(", "x-host-header"))] == []
    assert "LoggingConfiguration" not in resources["PortalBucket"]["Properties"]
    assert "Logging" not in resources["Portal"]["Properties"]["DistributionConfig"]
    api = json.dumps(resources["Api"]["Properties"]["AccessLogSetting"])
    assert "$context.path" in api  # of routes that exist; a link's path never leads to the API
    assert "querystring" not in api.lower()
    assert {"QueryString": {}} in resources["WebAclLogging"]["Properties"]["RedactedFields"]
