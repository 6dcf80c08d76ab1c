from typing import Any

import httpx
import pytest

from local.config import LICENSE_REGISTRY_KEY
from local.simulators import license_registry
from tests.local.conftest import Serve


@pytest.fixture
def registry(serve: Serve) -> httpx.Client:
    return serve(license_registry.application, "registry", LICENSE_REGISTRY_KEY)


def kansas(registry: httpx.Client, npn: str) -> dict[str, Any] | None:
    licenses = registry.get(f"/v1/producers/{npn}").json()["licenses"]
    return next((license for license in licenses if license["state"] == "KS"), None)


def check(registry: httpx.Client, npn: str, **person: Any) -> dict[str, bool]:
    asked = {
        "npn": npn,
        "ssn": "987-65-4320",
        "birth_date": "1985-04-12",
        "first_name": "Dana",
        "middle_name": None,
        "last_name": "Rivera",
        **person,
    }
    matches: dict[str, bool] = registry.post("/v1/identity-checks", json=asked).json()["matches"]
    return matches


def test_an_ordinary_producer_holds_the_health_line_everywhere(registry: httpx.Client) -> None:
    licenses = registry.get("/v1/producers/15645555").json()["licenses"]
    assert len({license["state"] for license in licenses}) == 56
    assert all(license["status"] == "VALID" and license["active"] for license in licenses)
    assert all({"code": "16", "name": "Accident and Health", "active": True} in item["lines"] for item in licenses)


def test_an_ordinary_producer_is_who_they_say(registry: httpx.Client) -> None:
    assert all(check(registry, "15645555").values())


def test_the_registry_knows_the_names_of_the_last_check(registry: httpx.Client) -> None:
    check(registry, "15645555")
    found = registry.get("/v1/producers/15645555").json()
    assert (found["first_name"], found["last_name"]) == ("Dana", "Rivera")


def test_a_number_that_nobody_holds_is_not_found(registry: httpx.Client) -> None:
    assert registry.get("/v1/producers/9912345090").status_code == 404


def test_a_middle_name_on_record_must_be_given(registry: httpx.Client) -> None:
    assert check(registry, "9912345091")["name"] is False
    assert check(registry, "9912345091", middle_name="Quinn")["name"] is True


def test_another_social_security_number_does_not_match(registry: httpx.Client) -> None:
    assert check(registry, "9912345092")["ssn"] is False
    assert check(registry, "9912345092", ssn="987-65-4321")["ssn"] is True


def test_one_state_can_be_without_license(registry: httpx.Client) -> None:
    assert kansas(registry, "9912345093") is None


@pytest.mark.parametrize(("npn", "status"), [("9912345094", "NOT_ACTIVE"), ("9912345095", "EXPIRED")])
def test_one_state_can_have_a_dead_license(registry: httpx.Client, npn: str, status: str) -> None:
    license = kansas(registry, npn)
    assert license is not None
    assert (license["status"], license["active"]) == (status, False)


def test_one_state_can_lack_the_health_line(registry: httpx.Client) -> None:
    license = kansas(registry, "9912345096")
    assert license is not None
    assert license["active"]
    assert not any(line["active"] for line in license["lines"] if line["code"] == "16")


def test_an_outage_passes_and_a_dead_registry_stays_dead(registry: httpx.Client) -> None:
    passing = [registry.get("/v1/producers/9912345097").status_code for _ in range(4)]
    lasting = [registry.get("/v1/producers/9912345098").status_code for _ in range(4)]
    assert passing == [503, 503, 503, 200]
    assert lasting == [503] * 4


def test_a_regulatory_action_is_shown(registry: httpx.Client) -> None:
    assert registry.get("/v1/producers/9912345099").json()["regulatory_actions"]
    assert not registry.get("/v1/producers/15645555").json()["regulatory_actions"]
