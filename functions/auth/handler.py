"""auth: the agent's way in.

POST   /access/password-requests {invitation}   -> 202 always
POST   /access/sessions {invitation, password}  -> 201 + cookie | 401 invalid-credentials | 429 too-many-attempts
PUT    /access/password {new_password, confirm_password, current_password?}
                                                -> 204, session rotated | 422 weak-password
GET    /access/sessions/current                 -> 200 | 401 not-signed-in
DELETE /access/sessions/current                 -> 204
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, Field

from auth.cookies import ended_cookie, session_cookie, token_in
from econtracting import wiring
from econtracting.domain.access.access import IDLE, fingerprint
from econtracting.domain.moment import iso
from econtracting.http import callers
from econtracting.http.problems import Door
from econtracting.usecases.access import auth

app = Door(wiring.edge_secret)

Secret = Annotated[str, Field(min_length=1, max_length=200)]
Typed = Annotated[str, Field(min_length=1, max_length=1000)]


class PasswordRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    invitation: Secret


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")

    invitation: Secret
    password: Typed


class PasswordChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    new_password: Typed
    confirm_password: Typed
    current_password: Typed | None = None


class SessionView(BaseModel):
    packet_id: str
    status: str
    must_change_password: bool
    ends_at: str
    idle_seconds: int


@app.post("/access/password-requests", status_code=HTTPStatus.ACCEPTED)
def request_password(request: PasswordRequest) -> dict[str, str]:
    """Ask for a mail with a temporary password; the answer never tells whether the link exists."""
    callers.guard_cross_site(app)
    with wiring.pace().answers():
        auth.request_password(
            packets=wiring.packets(),
            limits=wiring.limits(),
            passwords=wiring.passwords(),
            envelope=wiring.envelope(),
            ids=wiring.ids(),
            clock=wiring.clock(),
            allowed=wiring.access_limits(),
            life=wiring.settings().temporary_password_life,
            secret=request.invitation,
            actor=callers.actor(app, "agent"),
        )
    return {"detail": "If the link is right, a mail with a temporary password is on its way."}


@app.post("/access/sessions", status_code=HTTPStatus.CREATED)
def log_in(request: Credentials) -> Response[SessionView]:
    """Sign in with the link's secret and a password; the answer sets the session cookie."""
    callers.guard_cross_site(app)
    standing = token_in(app.current_event.headers.get("Cookie"))
    with wiring.pace().refusals():
        signed_in = auth.log_in(
            packets=wiring.packets(),
            attempts=wiring.attempts(),
            limits=wiring.limits(),
            passwords=wiring.passwords(),
            ids=wiring.ids(),
            clock=wiring.clock(),
            allowed=wiring.access_limits(),
            secret=request.invitation,
            password=request.password,
            actor=callers.actor(app, "agent"),
            replaces=fingerprint(standing) if standing else None,
        )
    return Response(
        HTTPStatus.CREATED,
        content_type="application/json",
        body=_view(signed_in.session, signed_in.packet),
        cookies=[session_cookie(signed_in.token)],
    )


@app.put("/access/password", status_code=HTTPStatus.NO_CONTENT)
def change_password(request: PasswordChange) -> Response[None]:
    """Set the agent's own password; the session is rotated."""
    caller = callers.agent(app, before_password_change=True)
    packet = wiring.packets().load(caller.packet_id)
    carrier = wiring.packet_type(packet.type).carrier
    signed_in = auth.change_password(
        packets=wiring.packets(),
        attempts=wiring.attempts(),
        passwords=wiring.passwords(),
        ids=wiring.ids(),
        clock=wiring.clock(),
        policy=wiring.password_policy(),
        companies=(carrier.name, carrier.legal_name),
        packet_id=caller.packet_id,
        session=caller.session,
        typed=auth.NewPassword(request.new_password, request.confirm_password, request.current_password),
        actor=caller.actor,
    )
    return Response(HTTPStatus.NO_CONTENT, cookies=[session_cookie(signed_in.token)])


@app.get("/access/sessions/current")
def current_session() -> SessionView:
    """Tell whose session this is and what it must do first."""
    caller = callers.agent(app, before_password_change=True)
    packet = wiring.packets().load(caller.packet_id)
    session = auth.live_session(wiring.packets(), packet, caller.session, wiring.clock().now())
    return _view(session, packet)


@app.delete("/access/sessions/current", status_code=HTTPStatus.NO_CONTENT)
def log_out() -> Response[None]:
    """Sign out; the session ends at once."""
    caller = callers.agent(app, before_password_change=True)
    auth.log_out(
        packets=wiring.packets(),
        clock=wiring.clock(),
        packet_id=caller.packet_id,
        session=caller.session,
        actor=caller.actor,
    )
    headers = {"Clear-Site-Data": '"cache", "cookies", "storage"'}
    return Response(HTTPStatus.NO_CONTENT, headers=headers, cookies=[ended_cookie()])


def _view(session: Any, packet: Any) -> SessionView:
    return SessionView(
        packet_id=packet.id,
        status=packet.status.value,
        must_change_password=session.must_change_password,
        ends_at=iso(session.ends_at),
        idle_seconds=int(IDLE.total_seconds()),
    )


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
