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
from econtracting.usecases.department import decisions, overview
from econtracting.views.department import CorrectionAskedView, DecisionView
from econtracting.views.packets import EventsView, PacketDetailView, PacketRowsView
from econtracting.views.producers import CertificationStatusView, ReadyToSellView
from econtracting.views.webhooks import AcceptedView

app = Door(wiring.from_edge)

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


@app.post("/webhooks/background-checks", status_code=HTTPStatus.ACCEPTED)
def receive_screening() -> AcceptedView:
    """Take the screening vendor's word that something happened to a report."""
    raw, headers = callers.raw_body(app), dict(app.current_event.headers)
    if news := wiring.screening_messages().read(raw, headers, wiring.clock().now()):
        wiring.webhooks().receive_screening(news, raw.decode())
    return AcceptedView()


@app.post("/webhooks/appointments", status_code=HTTPStatus.ACCEPTED)
def receive_appointment() -> AcceptedView:
    """Take the appointment gateway's news of an appointment."""
    raw, message_id = _signed("appointment_webhook_secret")
    if event := wire.appointment_event(raw):
        wiring.webhooks().receive_appointment(message_id, event, raw.decode())
    return AcceptedView()


@app.post("/webhooks/certifications", status_code=HTTPStatus.ACCEPTED)
def receive_certification() -> AcceptedView:
    """Take the certification site's news of a producer."""
    raw, message_id = _signed("certification_webhook_secret")
    if event := wire.certification_event(raw):
        wiring.webhooks().receive_certification(message_id, event, raw.decode())
    return AcceptedView()


@app.post("/webhooks/sales", status_code=HTTPStatus.ACCEPTED)
def receive_sale() -> AcceptedView:
    """Take a producer's sale as policy administration reports it."""
    raw, message_id = _signed("sales_webhook_secret")
    if event := wire.sale_event(raw):
        wiring.first_sales().report(message_id, event, raw.decode())
    return AcceptedView()


@app.get("/packets")
def list_packets(
    status: Annotated[Status | None, Query()] = None,
    queue: Annotated[overview.Queue | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> PacketRowsView:
    """List packets in a status or a queue of the contracting department."""
    callers.staff(app, "contracting")
    return wiring.overview().rows(status, queue, cursor)


@app.get("/packets/<packet_id>")
def show_packet(packet_id: str) -> PacketDetailView:
    """Show one packet as the contracting department sees it."""
    callers.staff(app, "contracting")
    return wiring.overview().packet(packet_id)


@app.get("/packets/<packet_id>/events")
def list_events(packet_id: str) -> EventsView:
    """Show a packet's audit trail."""
    callers.staff(app, "contracting")
    return wiring.overview().events(packet_id)


@app.post("/packets/<packet_id>/corrections")
def ask_correction(packet_id: str, correction: Correction) -> CorrectionAskedView:
    """Ask the agent to correct named fields."""
    staff = callers.staff(app, "contracting")
    return wiring.corrections().request(staff, packet_id, correction.fields, correction.reason)


@app.post("/packets/<packet_id>/decisions")
def decide(packet_id: str, made: Made) -> DecisionView:
    """Decide how a packet goes on."""
    staff = callers.staff(app, "contracting")
    decision = decisions.Decision(made.decision, made.reason, made.worksheet_sha256, made.posted_on)
    return wiring.decisions().decide(staff, packet_id, decision)


@app.post("/packets/<packet_id>/disputes")
def record_dispute(packet_id: str, told: ReportedDispute) -> DecisionView:
    """Put down a dispute that came by telephone or letter, or its answer."""
    staff = callers.staff(app, "contracting")
    return wiring.decisions().dispute(staff, packet_id, told.reason, answered=told.state == "answered")


@app.get("/producers/<npn>/ready-to-sell")
def ready_to_sell(
    npn: str,
    state: Annotated[str, Query(pattern="^[A-Z]{2}$")],
    on: Annotated[date | None, Query()] = None,
) -> ReadyToSellView:
    """Answer whether a producer may sell in a state on a day, and why not."""
    callers.staff(app, "recruiter", "contracting", "carrier-system")
    return wiring.producers().ready_to_sell(npn, state, on)


@app.get("/producers/<npn>/certification-status")
def certification_status(npn: str) -> CertificationStatusView:
    """Tell the certification site whether a producer is loaded."""
    _require_certification_site()
    return wiring.certification().status(npn)


def _signed(secret: str) -> tuple[bytes, str]:
    raw = callers.raw_body(app)
    headers, now = dict(app.current_event.headers), wiring.clock().now()
    return raw, wiring.secrets().verified(secret, lambda known: wire.verify_standard(raw, headers, known, now))


def _require_certification_site() -> None:
    """The site shows the key we call it with; no staff token is involved, so the route has no authorizer."""
    shown = app.current_event.headers.get("Authorization")
    wiring.secrets().verified("certification_site_key", lambda known: wire.verify_bearer(shown, known))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
