"""Records that earlier releases stored under British spellings are read; what is written is American."""

import json

from econtracting.adapters.dynamodb import items
from econtracting.adapters.secrets import read_secrets
from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from econtracting.domain.interview.verification import Verification

LICENSE = {
    "state": "TN",
    "number": "42",
    "residency": "RESIDENT",
    "licence_class": "PRODUCER",
    "status": "ACTIVE",
    "active": True,
    "expires_on": None,
    "lines": [],
}


def test_a_state_without_a_license_is_read_under_its_old_name_and_number() -> None:
    stored = items.attributes(
        {
            "packet_id": "pkt_1",
            "npn": "17293847",
            "state": "TN",
            "rule_type": "UP_FRONT",
            "requested_at": "2026-11-24T00:00:00Z",
            "status": "NO_VALID_LICENCE",
        }
        | {"licence_number": "42", "PK": "PACKET#pkt_1", "SK": "APPOINTMENT#TN"}
    )
    kept = items.record(Appointment, stored)
    assert (kept.status, kept.license_number) == (AppointmentStatus.NO_VALID_LICENSE, "42")
    written = items.plain(items.item(kept, {}))
    assert (written["status"], written["license_number"]) == ("NO_VALID_LICENSE", "42")
    assert "licence_number" not in written


def test_what_the_registry_told_is_read_under_its_old_names() -> None:
    licenses = {"npn": "17293847", "first_name": "A", "last_name": "B", "as_of": "2026-11-24T00:00:00Z"}
    stored = items.attributes({"packet_id": "pkt_1", "round": 1, "licences": {**licenses, "licences": [LICENSE]}})
    kept = items.record(Verification, stored)
    assert kept.licenses is not None
    assert [one.license_class for one in kept.licenses.licenses] == ["PRODUCER"]


class Secrets:
    """Secrets Manager with one secret, as the release before wrote it."""

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        return {"SecretString": json.dumps({"licence_registry_key": "one two"})}


def test_a_secret_of_the_release_before_is_read_under_its_old_member() -> None:
    assert read_secrets(Secrets(), "vendors")["license_registry_key"] == "one two"
