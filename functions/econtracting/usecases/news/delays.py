"""What an agent is told while a system outside does not answer: who is waited for, and that we go on by ourselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from econtracting import ports
from econtracting.domain.breaker import Vendor
from econtracting.domain.words import joined, words

# Whom the stages of an agent's timeline wait for. A stage without a vendor is not held up by one.
STAGES: dict[str, tuple[Vendor, ...]] = {
    "background-check": (Vendor.BACKGROUND_CHECK,),
    "appointments": (Vendor.LICENSE_REGISTRY, Vendor.APPOINTMENT_GATEWAY),
    "certification-open": (Vendor.CERTIFICATION_SITE,),
}
NAMES = {
    Vendor.BACKGROUND_CHECK: words("the background-check company"),
    Vendor.LICENSE_REGISTRY: words("the license registry"),
    Vendor.APPOINTMENT_GATEWAY: words("the service that files appointments with the states"),
    Vendor.CERTIFICATION_SITE: words("the certification site"),
    Vendor.MAIL: words("the mail service"),
}


def paused(breakers: ports.Breakers, now: datetime, among: Iterable[Vendor] = Vendor) -> list[Vendor]:
    """The vendors that are left alone for now."""
    return [vendor for vendor in among if breakers.look(vendor).open_at(now)]


def told(
    timeline: Iterable[Mapping[str, Any]], *, breakers: ports.Breakers, clock: ports.Clock
) -> list[dict[str, Any]]:
    """The timeline, with a `delay` in the stage whose vendor does not answer. What a report says is never among it.

    `waiting_for` names the vendors by code, so that a page can say it in any language; `message` is words.
    """
    return [{**row, **_delay(row, breakers, clock.now())} for row in timeline]


def _delay(row: Mapping[str, Any], breakers: ports.Breakers, now: datetime) -> dict[str, Any]:
    among = STAGES.get(row["stage"], ()) if row["state"] == "current" else ()
    waiting = paused(breakers, now, among)
    if not waiting:
        return {}
    whom = joined((NAMES[vendor] for vendor in waiting), by=" and ")
    message = words("We are waiting for {whom}. You do not have to do anything: we go on by ourselves.", whom=whom)
    return {"delay": {"waiting_for": [vendor.value for vendor in waiting], "message": message}}
