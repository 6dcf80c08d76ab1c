"""process: vendors' webhooks, the contracting department's views, ready-to-sell.

POST /webhooks/background-checks | appointments | certifications   -> 202 | 401 bad signature | 404 unknown reference
GET  /packets, /packets/{packet_id}, /packets/{packet_id}/events   -> 200, masked
GET  /producers/{npn}/ready-to-sell?state=&on=                     -> 200 {ready, reasons} | 404
GET  /producers/{npn}/certification-status                         -> 200 {loaded, expected_by} | 404
"""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query

from econtracting import wiring
from econtracting.domain import webhooks as wire
from econtracting.domain.packet import Status
from econtracting.http import callers
from econtracting.http.problems import Door
from econtracting.usecases import certification, overview, webhooks

app = Door()

ACCEPTED: tuple[dict[str, Any], int] = ({"accepted": True}, HTTPStatus.ACCEPTED)


@app.post("/webhooks/background-checks")
def background_checks() -> tuple[dict[str, Any], int]:
    raw = callers.raw_body(app)
    keys = wiring.secrets()["background_check_key"].split()
    wire.verify_hex_hmac(raw, app.current_event.headers.get("X-Signature"), keys)
    message = wire.report_event(raw)
    if message is not None:
        webhooks.background_check(packets=wiring.packets(), clock=wiring.clock(), message=message, body=raw.decode())
    return ACCEPTED


@app.post("/webhooks/appointments")
def appointments() -> tuple[dict[str, Any], int]:
    raw, message_id = _signed("appointment_webhook_secret")
    message = wire.appointment_event(raw)
    if message is not None:
        webhooks.appointment(
            packets=wiring.packets(),
            clock=wiring.clock(),
            message_id=message_id,
            message=message,
            body=raw.decode(),
        )
    return ACCEPTED


@app.post("/webhooks/certifications")
def certifications() -> tuple[dict[str, Any], int]:
    raw, message_id = _signed("certification_webhook_secret")
    message = wire.certification_event(raw)
    if message is not None:
        webhooks.certified(
            packets=wiring.packets(),
            packet_types=wiring.packet_type,
            clock=wiring.clock(),
            message_id=message_id,
            message=message,
            body=raw.decode(),
        )
    return ACCEPTED


@app.get("/packets")
def packets(
    status: Annotated[Status, Query()], cursor: Annotated[str | None, Query(max_length=1000)] = None
) -> dict[str, Any]:
    callers.staff(app, "contracting")
    return overview.queue(packets=wiring.packets(), status=status, cursor=cursor)


@app.get("/packets/<packet_id>")
def packet(packet_id: str) -> dict[str, Any]:
    callers.staff(app, "contracting")
    return overview.packet(packets=wiring.packets(), packet_types=wiring.packet_type, packet_id=packet_id)


@app.get("/packets/<packet_id>/events")
def events(packet_id: str) -> dict[str, Any]:
    callers.staff(app, "contracting")
    return overview.events(packets=wiring.packets(), packet_id=packet_id)


@app.get("/producers/<npn>/ready-to-sell")
def ready_to_sell(
    npn: str,
    state: Annotated[str, Query(pattern="^[A-Z]{2}$")],
    on: Annotated[date | None, Query()] = None,
) -> dict[str, Any]:
    callers.staff(app, "recruiter", "contracting", "carrier-system")
    return overview.ready_to_sell(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        registry=wiring.licence_registry(),
        clock=wiring.clock(),
        npn=npn,
        state=state,
        on=on,
    )


@app.get("/producers/<npn>/certification-status")
def certification_status(npn: str) -> dict[str, Any]:
    _certification_site()
    return certification.status(packets=wiring.packets(), npn=npn)


def _signed(secret: str) -> tuple[bytes, str]:
    raw = callers.raw_body(app)
    headers = dict(app.current_event.headers)
    return raw, wire.verify_standard(raw, headers, wiring.secrets()[secret].split(), wiring.clock().now())


def _certification_site() -> None:
    """The site shows the key we call it with; no staff token is involved, so the route has no authorizer."""
    wire.verify_bearer(
        app.current_event.headers.get("Authorization"), wiring.secrets()["certification_site_key"].split()
    )


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
