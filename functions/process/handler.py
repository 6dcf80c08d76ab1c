"""process: vendors' webhooks, the contracting department's views, ready-to-sell.

POST /webhooks/background-checks | appointments | certifications | sales -> 202 | 401 signature | 422 a sale
GET  /messages, /messages/{message_id}                             -> 200 | 404
POST /messages/{message_id}/replay | set-aside {note}              -> 200 | 404 | 409 message-not-applicable
GET  /packets, /packets/{packet_id}, /packets/{packet_id}/events   -> 200, masked
POST /packets/{packet_id}/corrections {fields, reason}             -> 200 | 409 invalid-transition | 422 unknown field
POST /packets/{packet_id}/decisions {decision, reason}             -> 200 | 409 invalid-transition
POST /packets/{packet_id}/disputes {state, reason}                 -> 200 | 409 invalid-transition
GET  /producers/{npn}/ready-to-sell?state=&on=                     -> 200 {ready, reasons} | 404
GET  /producers/{npn}/certification-status                         -> 200 {loaded, expected_by} | 404
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from econtracting import wiring
from econtracting.domain import webhooks as wire
from econtracting.domain.fields.us import State
from econtracting.domain.messages import MessageStatus
from econtracting.domain.moment import Day
from econtracting.domain.packet import Status
from econtracting.http import callers
from econtracting.http.problems import Door
from econtracting.usecases.department import decisions, overview
from econtracting.views.department import CorrectionAskedView, DecisionView
from econtracting.views.messages import MessageDetailView, MessagesView, MessageView
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
    posted_on: Day | None = None


class ReportedDispute(BaseModel):
    """A dispute about a background report that came by telephone or letter, or what became of one."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["raised", "answered"]
    reason: Words


class Settled(BaseModel):
    """Why a vendor's message is applied, or set aside."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"note": "The gateway's desk confirms the rejection."}}
    )

    note: Words


@app.post("/webhooks/background-checks", status_code=HTTPStatus.ACCEPTED)
def receive_screening() -> AcceptedView:
    """Take the screening vendor's word that something happened to a report."""
    return wiring.webhooks().receive("background-check", None, _signed_by_screening())


@app.post("/webhooks/appointments", status_code=HTTPStatus.ACCEPTED)
def receive_appointment() -> AcceptedView:
    """Take the appointment gateway's news of an appointment."""
    return wiring.webhooks().receive("appointments", *_signed("appointment_webhook_secret"))


@app.post("/webhooks/certifications", status_code=HTTPStatus.ACCEPTED)
def receive_certification() -> AcceptedView:
    """Take the certification site's news of a producer."""
    return wiring.webhooks().receive("certifications", *_signed("certification_webhook_secret"))


@app.post("/webhooks/sales", status_code=HTTPStatus.ACCEPTED)
def receive_sale() -> AcceptedView:
    """Take a producer's sale as policy administration reports it."""
    return wiring.webhooks().receive("sales", *_signed("sales_webhook_secret"))


@app.get("/messages")
def list_messages(
    status: Annotated[MessageStatus, Query()] = MessageStatus.OPEN,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> MessagesView:
    """List vendors' messages that were not applied, or how they were settled."""
    callers.staff(app, "contracting")
    return wiring.message_queue().rows(status, cursor)


@app.get("/messages/<message_id>")
def show_message(message_id: str) -> MessageDetailView:
    """Show a vendor's message with what it says."""
    return wiring.message_queue().show(callers.staff(app, "contracting"), message_id)


@app.post("/messages/<message_id>/replay")
def replay_message(message_id: str, settled: Settled) -> MessageView:
    """Apply a vendor's message now, and accept what it says against an outcome that stood."""
    return wiring.message_queue().replay(callers.staff(app, "contracting"), message_id, settled.note)


@app.post("/messages/<message_id>/set-aside")
def set_message_aside(message_id: str, settled: Settled) -> MessageView:
    """Leave a vendor's message unapplied, for good."""
    return wiring.message_queue().set_aside(callers.staff(app, "contracting"), message_id, settled.note)


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
    state: Annotated[State, Query()],
    on: Annotated[Day | None, Query()] = None,
) -> ReadyToSellView:
    """Answer whether a producer may sell in a state on a day, and why not."""
    staff = callers.staff(app, "recruiter", "contracting", "carrier-system")
    return wiring.producers().ready_to_sell(staff, npn, state, on)


@app.get("/producers/<npn>/certification-status")
def certification_status(npn: str) -> CertificationStatusView:
    """Tell the certification site whether a producer is loaded."""
    _require_certification_site()
    return wiring.certification().status(npn)


def _signed(secret: str) -> tuple[str, bytes]:
    raw = callers.raw_body(app)
    headers, now = dict(app.current_event.headers), wiring.clock().now()
    return wiring.secrets().verified(secret, lambda known: wire.verify_standard(raw, headers, known, now)), raw


def _signed_by_screening() -> bytes:
    raw = callers.raw_body(app)
    wiring.screening_messages().verify(raw, dict(app.current_event.headers), wiring.clock().now())
    return raw


def _require_certification_site() -> None:
    """The site shows the key we call it with; no staff token is involved, so the route has no authorizer."""
    shown = app.current_event.headers.get("Authorization")
    wiring.secrets().verified("certification_site_key", lambda known: wire.verify_bearer(shown, known))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
