"""invite: a recruiter opens a packet for an agent and follows it.

POST /invitations                                     -> 201 packet | 409 packet-already-open | 422 invalid-request
GET  /invitations?status=&cursor=                     -> 200 {items, cursor}; recruiters: own agency only
GET  /invitations/{packet_id}                         -> 200 packet | 404 packet-not-found, also for another agency's
POST /invitations/{packet_id}/resend                  -> 202
POST /invitations/{packet_id}/withdraw {reason}       -> 200 | 409 invalid-transition
POST /invitations/{packet_id}/extend {days}           -> 200 | 409 invalid-transition
PUT  /invitations/{packet_id}/pre-appointment-states  -> 200 | 409 invalid-transition
PUT  /agencies/{agency_id} {name}                     -> 200 | 404; the contracting department alone
POST /invitations/bulk?dry_run=true (text/csv)        -> 200 or 202 with a row-by-row report
GET  /invitations/template.csv                        -> 200 the file to fill in for it
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from pydantic import BaseModel, ConfigDict, Field

from econtracting import wiring
from econtracting.domain.access import invitation_file
from econtracting.domain.access.invitation import LONGEST_EXTENSION, Invitation, Label, Reason, States
from econtracting.domain.callers import Staff
from econtracting.domain.packet import Status
from econtracting.http import callers, files
from econtracting.http.problems import Door
from econtracting.views.invitations import AgencyView, BulkReport, InvitationAnswer, InvitationPage, InvitationView

PAGE = 50

REPORT: OpenAPIResponse = {
    "description": "Row by row: 200 of a dry run, 202 of a file that was taken",
    "content": {"application/json": {"model": BulkReport}},
}

app = Door(wiring.from_edge)


class InvitationRequest(Invitation):
    packet_type: str | None = None


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class Extension(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=LONGEST_EXTENSION, strict=True)]


class AgencyRenaming(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Label


class PreAppointmentStates(BaseModel):
    model_config = ConfigDict(extra="forbid")

    states: States


@app.post("/invitations", status_code=HTTPStatus.CREATED)
def open_packet(request: InvitationRequest) -> InvitationAnswer:
    """Open a packet and mail its invitation."""
    return wiring.inviting().open(_caller(), request, request.packet_type)


@app.get("/invitations")
def list_invitations(
    status: Annotated[Status | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
    agency_id: Annotated[str | None, Query(max_length=64)] = None,
) -> InvitationPage:
    """List invitations, newest status first; recruiters see their own agency's."""
    return wiring.invitations().page(_caller(), status, agency_id, cursor, PAGE)


@app.post("/invitations/bulk", responses=dict.fromkeys((200, 202), REPORT))
def open_many(dry_run: Annotated[bool, Query()] = False) -> tuple[BulkReport, int]:
    """Open a packet for each row of a CSV file, or only check the file."""
    staff, file = _caller(), callers.raw_body(app)
    report = wiring.bulk_inviting().invite(staff, file, _seconds_left, dry_run=dry_run)
    return report, HTTPStatus.OK if dry_run else HTTPStatus.ACCEPTED


@app.get("/invitations/template.csv", responses=files.CSV)
def invitation_template() -> files.File:
    """Give the file to fill in with those who are to be invited."""
    _caller()
    return files.csv(invitation_file.template(), "invitations.csv")


@app.get("/invitations/<packet_id>")
def read_invitation(packet_id: str) -> InvitationView:
    """Read one invitation."""
    return wiring.invitations().read(_caller(), packet_id)


@app.post("/invitations/<packet_id>/resend", status_code=HTTPStatus.ACCEPTED)
def resend(packet_id: str) -> InvitationView:
    """Mail the same link once more."""
    return wiring.invitations().resend(_caller(), packet_id)


@app.post("/invitations/<packet_id>/withdraw")
def withdraw(packet_id: str, request: Withdrawal) -> InvitationView:
    """Take an invitation back; its link ends."""
    return wiring.invitations().withdraw(_caller(), packet_id, request.reason)


@app.post("/invitations/<packet_id>/extend")
def extend(packet_id: str, request: Extension) -> InvitationView:
    """Let an invitation live some days longer."""
    return wiring.invitations().extend(_caller(), packet_id, request.days)


@app.put("/invitations/<packet_id>/pre-appointment-states")
def change_states(packet_id: str, request: PreAppointmentStates) -> InvitationView:
    """Set the states in which the agent is to be appointed beforehand."""
    return wiring.invitations().change_states(_caller(), packet_id, request.states)


@app.put("/agencies/<agency_id>")
def rename_agency(agency_id: str, request: AgencyRenaming) -> AgencyView:
    """Change the name that an agency's next packets bear."""
    return wiring.agencies().rename(callers.staff(app, "contracting"), agency_id, request.name)


def _caller() -> Staff:
    return callers.staff(app, "recruiter", "contracting")


def _seconds_left() -> float:
    return float(app.lambda_context.get_remaining_time_in_millis()) / 1000


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
