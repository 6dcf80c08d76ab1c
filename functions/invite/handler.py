"""invite: a recruiter opens a packet for an agent and follows it.

POST /invitations                                     -> 201 packet | 409 packet-already-open | 422 invalid-request
GET  /invitations?status=&cursor=                     -> 200 {items, cursor}; recruiters: own agency only
GET  /invitations/{packet_id}                         -> 200 packet | 404 packet-not-found, also for another agency's
POST /invitations/{packet_id}/resend                  -> 202
POST /invitations/{packet_id}/withdraw {reason}       -> 200 | 409 invalid-transition
POST /invitations/{packet_id}/extend {days}           -> 200 | 409 invalid-transition
PUT  /invitations/{packet_id}/pre-appointment-states  -> 200 | 409 invalid-transition
POST /invitations/bulk?dry_run=true (text/csv)        -> 200 or 202 with a row-by-row report
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from econtracting import wiring
from econtracting.domain.access.invitation import LONGEST_EXTENSION, Invitation, Reason, States
from econtracting.domain.callers import Staff
from econtracting.domain.errors import Forbidden
from econtracting.domain.packet import Packet, Status
from econtracting.http import callers
from econtracting.http.problems import Door
from econtracting.usecases.invitations import bulk as invite_bulk
from econtracting.usecases.invitations import invite
from invite.views import BulkReport, InvitationPage, InvitationView

PAGE = 50

REPORT: OpenAPIResponse = {
    "description": "Row by row: 200 of a dry run, 202 of a file that was taken",
    "content": {"application/json": {"model": BulkReport}},
}

app = Door(wiring.edge_secret)


class InvitationRequest(Invitation):
    packet_type: str | None = None


class InvitationAnswer(BaseModel):
    packet_id: str
    status: str
    expires_at: str


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class Extension(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=LONGEST_EXTENSION, strict=True)]


class PreAppointmentStates(BaseModel):
    model_config = ConfigDict(extra="forbid")

    states: States


@app.post("/invitations", status_code=HTTPStatus.CREATED)
def open_packet(request: InvitationRequest) -> InvitationAnswer:
    """Open a packet and mail its invitation."""
    caller = _caller()
    if request.agency.id != (_agency_of(caller) or request.agency.id):
        raise Forbidden("You invite for your own agency only.")
    committed = invite.open_packet(
        packets=wiring.packets(),
        ids=wiring.ids(),
        clock=wiring.clock(),
        link_secrets=wiring.link_secrets(),
        packet_type=wiring.packet_type(request.packet_type or wiring.settings().packet_type),
        schedule=wiring.schedule(),
        invitation=request,
        actor=caller.actor,
        request=callers.idempotency(app, caller.subject),
    )
    return InvitationAnswer(**committed.answer)


@app.get("/invitations")
def list_packets(
    status: Annotated[Status | None, BeforeValidator(lambda given: given or None), Query()] = None,
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
    agency_id: Annotated[str | None, Query(max_length=64)] = None,
) -> InvitationPage:
    """List invitations, newest status first; recruiters see their own agency's."""
    caller = _caller()
    page = invite.followed(
        packets=wiring.packets(),
        agency_id=_agency_of(caller) or agency_id,
        status=status,
        cursor=cursor,
        limit=PAGE,
    )
    return InvitationPage.of(page.packets, page.cursor)


@app.post("/invitations/bulk", responses=dict.fromkeys((200, 202), REPORT))
def open_many(dry_run: Annotated[bool, Query()] = False) -> tuple[BulkReport, int]:
    """Open a packet for each row of a CSV file, or only check the file."""
    caller = _caller()
    reports = invite_bulk.invite_all(
        packets=wiring.packets(),
        ids=wiring.ids(),
        clock=wiring.clock(),
        link_secrets=wiring.link_secrets(),
        packet_type=wiring.packet_type(wiring.settings().packet_type),
        schedule=wiring.schedule(),
        text=callers.raw_body(app).decode(),
        agency_id=_agency_of(caller),
        dry_run=dry_run,
        actor=caller.actor,
        request=callers.idempotency(app, caller.subject),
        seconds_left=lambda: app.lambda_context.get_remaining_time_in_millis() / 1000,
    )
    return BulkReport.of(reports, dry_run=dry_run), HTTPStatus.OK if dry_run else HTTPStatus.ACCEPTED


@app.get("/invitations/<packet_id>")
def read_packet(packet_id: str) -> InvitationView:
    """Read one invitation."""
    return InvitationView.of(_visible(_caller(), packet_id))


@app.post("/invitations/<packet_id>/resend", status_code=HTTPStatus.ACCEPTED)
def resend(packet_id: str) -> InvitationView:
    """Mail the same link once more."""
    caller = _caller()
    packet = _visible(caller, packet_id)
    committed = invite.resend(
        packets=wiring.packets(),
        limits=wiring.limits(),
        clock=wiring.clock(),
        schedule=wiring.schedule(),
        packet_id=packet.id,
        actor=caller.actor,
        request=callers.idempotency(app, caller.subject),
    )
    return InvitationView.of(committed.packet)


@app.post("/invitations/<packet_id>/withdraw")
def withdraw(packet_id: str, request: Withdrawal) -> InvitationView:
    """Take an invitation back; its link ends."""
    caller = _caller()
    packet = _visible(caller, packet_id)
    committed = invite.withdraw(
        packets=wiring.packets(),
        clock=wiring.clock(),
        packet_id=packet.id,
        reason=request.reason,
        actor=caller.actor,
        request=callers.idempotency(app, caller.subject),
    )
    return InvitationView.of(committed.packet)


@app.post("/invitations/<packet_id>/extend")
def extend(packet_id: str, request: Extension) -> InvitationView:
    """Let an invitation live some days longer."""
    caller = _caller()
    packet = _visible(caller, packet_id)
    committed = invite.extend(
        packets=wiring.packets(),
        clock=wiring.clock(),
        schedule=wiring.schedule(),
        packet_id=packet.id,
        days=request.days,
        actor=caller.actor,
        request=callers.idempotency(app, caller.subject),
    )
    return InvitationView.of(committed.packet)


@app.put("/invitations/<packet_id>/pre-appointment-states")
def change_states(packet_id: str, request: PreAppointmentStates) -> InvitationView:
    """Set the states in which the agent is to be appointed beforehand."""
    caller = _caller()
    packet = _visible(caller, packet_id)
    committed = invite.change_states(
        packets=wiring.packets(), clock=wiring.clock(), packet_id=packet.id, states=request.states, actor=caller.actor
    )
    return InvitationView.of(committed.packet)


def _caller() -> Staff:
    return callers.staff(app, "recruiter", "contracting")


def _agency_of(caller: Staff) -> str | None:
    """The one agency a recruiter sees; None for the carrier's own department. Raises Forbidden without one."""
    if "contracting" in caller.groups:
        return None
    if not caller.agency_id:
        raise Forbidden("Your account belongs to no agency yet.")
    return caller.agency_id


def _visible(caller: Staff, packet_id: str) -> Packet:
    return invite.visible(packets=wiring.packets(), packet_id=packet_id, agency_id=_agency_of(caller))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
