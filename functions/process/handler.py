"""process: vendors' webhooks, the contracting department's views, ready-to-sell.

POST /webhooks/background-checks | appointments | certifications | sales -> 202 | 401 signature | 404 unknown reference
GET  /packets, /packets/{packet_id}, /packets/{packet_id}/events   -> 200, masked
POST /packets/{packet_id}/corrections {fields, reason}             -> 200 | 409 invalid-transition | 422 unknown field
POST /packets/{packet_id}/decisions {decision, reason}             -> 200 | 409 invalid-transition
POST /packets/{packet_id}/disputes {state, reason}                 -> 200 | 409 invalid-transition
GET  /producers/{npn}/ready-to-sell?state=&on=                     -> 200 {ready, reasons} | 404
GET  /producers/{npn}/certification-status                         -> 200 {loaded, expected_by} | 404
"""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from econtracting import wiring
from econtracting.domain import webhooks as wire
from econtracting.domain.packet import Status
from econtracting.http import callers
from econtracting.http.problems import Door
from econtracting.usecases.appointing import sales
from econtracting.usecases.certification import certification
from econtracting.usecases.corrections import corrections
from econtracting.usecases.department import decisions, overview
from econtracting.usecases.news import webhooks

app = Door(wiring.edge_secret)

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Correction(BaseModel):
    """What the agent is asked to mend: fields by dotted path, section first; the agent reads the reason."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"fields": ["agent.ssn"], "reason": "It does not match."}}
    )

    fields: Annotated[list[Annotated[str, Field(max_length=120)]], Field(min_length=1, max_length=50)]
    reason: Words


class Made(BaseModel):
    """A decision. `worksheet_sha256` names the written weighing of factors where one is needed before a refusal;
    `posted_on` is the day on which a notice that could not be mailed was posted."""

    model_config = ConfigDict(extra="forbid")

    decision: decisions.Word
    reason: Words
    worksheet_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    posted_on: date | None = None


class ReportedDispute(BaseModel):
    """A dispute about a background report that came by telephone or letter, or what became of one."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["raised", "answered"]
    reason: Words


ACCEPTED = {"accepted": True}


@app.post("/webhooks/background-checks", status_code=HTTPStatus.ACCEPTED)
def background_checks() -> dict[str, Any]:
    """Take the screening vendor's word that something happened to a report."""
    raw = callers.raw_body(app)
    keys = wiring.secrets()["background_check_key"].split()
    wire.verify_hex_hmac(raw, app.current_event.headers.get("X-Signature"), keys)
    message = wire.report_event(raw)
    if message is not None:
        webhooks.background_check(packets=wiring.packets(), clock=wiring.clock(), message=message, body=raw.decode())
    return ACCEPTED


@app.post("/webhooks/appointments", status_code=HTTPStatus.ACCEPTED)
def appointments() -> dict[str, Any]:
    """Take the appointment gateway's news of an appointment."""
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


@app.post("/webhooks/certifications", status_code=HTTPStatus.ACCEPTED)
def certifications() -> dict[str, Any]:
    """Take the certification site's news of a producer."""
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


@app.post("/webhooks/sales", status_code=HTTPStatus.ACCEPTED)
def sold() -> dict[str, Any]:
    """Take a producer's sale as policy administration reports it."""
    raw, message_id = _signed("sales_webhook_secret")
    message = wire.sale_event(raw)
    if message is not None:
        sales.reported(
            packets=wiring.packets(),
            packet_types=wiring.packet_type,
            clock=wiring.clock(),
            every=wiring.settings().reconcile_every,
            message_id=message_id,
            message=message,
            body=raw.decode(),
        )
    return ACCEPTED


@app.get("/packets")
def packets(
    status: Annotated[Status | None, Query()] = None,
    queue: Annotated[overview.Queue | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> dict[str, Any]:
    """List packets in a status or a queue of the contracting department."""
    callers.staff(app, "contracting")
    return overview.packets_of(
        packets=wiring.packets(), clock=wiring.clock(), status=status, queue=queue, cursor=cursor
    )


@app.get("/packets/<packet_id>")
def show_packet_to_department(packet_id: str) -> dict[str, Any]:
    """Show one packet as the contracting department sees it."""
    callers.staff(app, "contracting")
    return overview.packet(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        breakers=wiring.breakers(),
        clock=wiring.clock(),
        day=wiring.settings().adverse_day,
        packet_id=packet_id,
    )


@app.get("/packets/<packet_id>/events")
def events(packet_id: str) -> dict[str, Any]:
    """Show a packet's audit trail."""
    callers.staff(app, "contracting")
    return overview.events(packets=wiring.packets(), packet_id=packet_id)


@app.post("/packets/<packet_id>/corrections")
def correct(packet_id: str, correction: Correction) -> dict[str, Any]:
    """Ask the agent to correct named fields."""
    caller = callers.staff(app, "contracting")
    return corrections.request(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        patience=wiring.patience(),
        packet_id=packet_id,
        fields=correction.fields,
        reason=correction.reason,
        actor=caller.actor,
        request=callers.idempotency(app, caller.subject),
    )


@app.post("/packets/<packet_id>/decisions")
def decide(packet_id: str, made: Made) -> dict[str, Any]:
    """Decide how a packet goes on."""
    caller = callers.staff(app, "contracting")
    house = decisions.House(
        packets=wiring.packets(),
        outbox=wiring.outbox(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        patience=wiring.patience(),
        every=wiring.settings().reconcile_every,
        day=wiring.settings().adverse_day,
    )
    return decisions.decide(
        house,
        packet_id=packet_id,
        decision=decisions.Decision(made.decision, made.reason, made.worksheet_sha256, made.posted_on),
        actor=caller.actor,
        request=callers.idempotency(app, caller.subject),
    )


@app.post("/packets/<packet_id>/disputes")
def record_dispute(packet_id: str, told: ReportedDispute) -> dict[str, Any]:
    """Put down a dispute that came by telephone or letter, or its answer."""
    caller = callers.staff(app, "contracting")
    return decisions.dispute(
        packets=wiring.packets(),
        clock=wiring.clock(),
        packet_id=packet_id,
        answered=told.state == "answered",
        reason=told.reason,
        actor=caller.actor,
        request=callers.idempotency(app, caller.subject),
    )


@app.get("/producers/<npn>/ready-to-sell")
def ready_to_sell(
    npn: str,
    state: Annotated[str, Query(pattern="^[A-Z]{2}$")],
    on: Annotated[date | None, Query()] = None,
) -> dict[str, Any]:
    """Answer whether a producer may sell in a state on a day, and why not."""
    callers.staff(app, "recruiter", "contracting", "carrier-system")
    return overview.ready_to_sell(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        registry=wiring.license_registry(),
        clock=wiring.clock(),
        npn=npn,
        state=state,
        on=on,
    )


@app.get("/producers/<npn>/certification-status")
def certification_status(npn: str) -> dict[str, Any]:
    """Tell the certification site whether a producer is loaded."""
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
