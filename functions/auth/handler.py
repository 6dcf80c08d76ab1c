"""auth: the agent's way in.

POST   /access/password-requests {invitation}   -> 202 always
POST   /access/sessions {invitation, password}  -> 201 + cookie | 401 invalid-credentials | 429 too-many-attempts
PUT    /access/password {new_password, confirm_password, current_password?}
                                                -> 204, session rotated | 422 weak-password
GET    /access/sessions/current                 -> 200 | 401 not-signed-in
DELETE /access/sessions/current                 -> 204
GET    /reminder-stops?token=                   -> 303 to the portal's page, which asks; stops nothing
POST   /reminder-stops?token=                   -> 200 | 404; the link of a reminder, also as RFC 8058 has it
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, ConfigDict, Field

from auth.cookies import ended_cookie, session_cookie, token_of
from econtracting import wiring
from econtracting.http import callers
from econtracting.http.problems import Door
from econtracting.usecases.access.auth import NewPassword
from econtracting.views.access import PasswordRequestedView, RemindersView, SessionView

app = Door(wiring.from_edge)

NO_SECRET = re.compile("[^A-Za-z0-9_-]")
LONGEST = 200  # characters of a secret

Secret = Annotated[str, Field(min_length=1, max_length=LONGEST)]
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

    def typed(self) -> NewPassword:
        return NewPassword(self.new_password, self.confirm_password, self.current_password)


@app.post("/access/password-requests", status_code=HTTPStatus.ACCEPTED)
def request_password(request: PasswordRequest) -> PasswordRequestedView:
    """Ask for a mail with a temporary password; the answer never tells whether the link exists."""
    callers.guard_cross_site(app)
    with wiring.pace().answers():
        return wiring.temporary_passwords().request(
            request.invitation, callers.actor(app, "agent"), callers.time_zone(app)
        )


@app.post("/access/sessions", status_code=HTTPStatus.CREATED)
def log_in(request: Credentials) -> Response[SessionView]:
    """Sign in with the link's secret and a password; the answer sets the session cookie."""
    callers.guard_cross_site(app)
    standing = token_of(app.current_event.raw_event)
    actor = callers.actor(app, "agent")
    with wiring.pace().refusals():
        signed_in = wiring.way_in().log_in(request.invitation, request.password, actor, standing)
    cookies = [session_cookie(signed_in.token)]
    return Response(HTTPStatus.CREATED, content_type="application/json", body=signed_in.view(), cookies=cookies)


@app.put("/access/password", status_code=HTTPStatus.NO_CONTENT)
def change_password(request: PasswordChange) -> Response[None]:
    """Set the agent's own password; the session is rotated."""
    agent = callers.agent(app, before_password_change=True)
    signed_in = wiring.own_passwords().change(agent, request.typed())
    return Response(HTTPStatus.NO_CONTENT, cookies=[session_cookie(signed_in.token)])


@app.get("/access/sessions/current")
def current_session() -> SessionView:
    """Tell whose session this is and what it must do first."""
    return wiring.sessions().current(callers.agent(app, before_password_change=True))


@app.delete("/access/sessions/current", status_code=HTTPStatus.NO_CONTENT)
def log_out() -> Response[None]:
    """Sign out; the session ends at once."""
    wiring.sessions().log_out(callers.agent(app, before_password_change=True))
    headers = {"Clear-Site-Data": '"cache", "cookies", "storage"'}
    return Response(HTTPStatus.NO_CONTENT, headers=headers, cookies=[ended_cookie()])


@app.get("/reminder-stops", responses={303: {"description": "`Location` has the page, which asks first"}})
def show_reminder_stop(token: str = "") -> Response[None]:
    """Lead whoever opens the address that is for mail programs to the page that asks; nothing is stopped by looking."""
    # Older programs show List-Unsubscribe as a link (RFC 2369); scanners follow it.
    return Response(HTTPStatus.SEE_OTHER, headers={"Location": f"/#/reminders/{NO_SECRET.sub('', token)[:LONGEST]}"})


@app.post("/reminder-stops")
def stop_reminders(token: Annotated[str, Query(min_length=1, max_length=LONGEST)]) -> RemindersView:
    """Stop a packet's reminders by the link of one of them; the body says nothing that counts."""
    # No header of ours is asked for: mail programs send this, and whoever knows the link may (RFC 8058, 3.2).
    return wiring.reminders().stop_by_link(token, callers.actor(app, "agent"))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
