"""interview: the agent answers, sees the summary, and confirms it.

GET    /packet                                -> 200 where the packet stands
GET    /packet/agreement                      -> 200 the versioned text
PUT    /packet/agreement                      -> 200 | 412 stale-version
GET    /packet/interview/{section}            -> 200 version, form and answers, sensitive values masked
PUT    /packet/interview/{section}            -> 200 version | 409 packet-frozen | 412 stale-version | 422
GET    /packet/identity                       -> 200 how the license registry's comparison stands
POST   /packet/identity/confirmations         -> 200 differences the agent stands by
POST   /packet/email-confirmations            -> 202 a code is mailed to the changed address | 409 nothing-to-confirm
PUT    /packet/email-confirmations            -> 200 letters go there from now on | 422 a wrong or late code
GET    /packet/attachments                    -> 200 the packet's files
POST   /packet/attachments                    -> 201 where to upload a file | 422 invalid-request
POST   /packet/attachments/{id}/complete      -> 200 PASSED or REJECTED with the reason | 409 upload-missing
DELETE /packet/attachments/{id}               -> 204
GET    /packet/summary                        -> 200 everything entered, masked
POST   /packet/summary/confirm                -> 200 AWAITING_SIGNATURE | 409 interview-incomplete
POST   /packet/summary/reopen                 -> 200 IN_PROGRESS while nothing is signed

Before the agreement is accepted every call but the first two answers 403 agreement-required.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from econtracting import wiring
from econtracting.domain.errors import InvalidRequest
from econtracting.http import callers
from econtracting.http.problems import Door
from econtracting.usecases.interview import attachments, contact, interview, verifying
from econtracting.usecases.interview import summary as summaries
from econtracting.usecases.news import delays
from econtracting.usecases.screening import notices

app = Door(wiring.edge_secret)


class Agreed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str = Field(max_length=64)
    accepted: Literal[True]


class Announced(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    file_name: str = Field(max_length=1000)
    content_type: str = Field(max_length=100)
    size: int = Field(description="bytes")


class Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")
    fields: list[str] = Field(min_length=1, max_length=10, description="Paths as the differences name them")


class Code(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str = Field(min_length=1, max_length=20)


@app.get("/packet")
def packet() -> dict[str, Any]:
    """Show where the packet stands, its sections and the road ahead."""
    agent = callers.agent(app)
    view = interview.packet_view(
        packets=wiring.packets(), packet_types=wiring.packet_type, clock=wiring.clock(), packet_id=agent.packet_id
    )
    waits = delays.told(view["timeline"], breakers=wiring.breakers(), clock=wiring.clock())
    shown = notices.status_shown(packets=wiring.packets(), packet_id=agent.packet_id)
    return {**view, "status": shown.value, "timeline": waits}


@app.get("/packet/agreement")
def agreement() -> dict[str, Any]:
    """Show the user agreement and what was accepted of it."""
    agent = callers.agent(app)
    return interview.agreement(packets=wiring.packets(), packet_types=wiring.packet_type, packet_id=agent.packet_id)


@app.put("/packet/agreement")
def accept_agreement(accepted: Agreed) -> dict[str, Any]:
    """Accept the version of the user agreement that was shown."""
    agent = callers.agent(app)
    interview.accept_agreement(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        version=accepted.version,
        actor=agent.actor,
    )
    return interview.agreement(packets=wiring.packets(), packet_types=wiring.packet_type, packet_id=agent.packet_id)


@app.get("/packet/interview/<section>")
def section(section: str) -> dict[str, Any]:
    """Show a section's form and answers, sensitive ones masked."""
    agent = callers.agent(app)
    return interview.section(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        name=section,
    )


@app.put("/packet/interview/<section>")
def save_section(
    section: str,
    answers: Annotated[dict[str, Any], Body()],
    if_match: Annotated[str, Header(alias="If-Match", description="The version the answers were read with")],
    draft: Annotated[bool, Query(description="Keep a part of the section without completing it")] = False,
) -> dict[str, Any]:
    """Save a section on top of the version named in If-Match."""
    agent = callers.agent(app)
    return interview.save_section(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        envelope=wiring.envelope(),
        registry=wiring.license_registry(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        name=section,
        answers=answers,
        seen_version=_version(if_match),
        draft=draft,
        synthetic=wiring.settings().synthetic_people,
        actor=agent.actor,
    )


@app.get("/packet/identity")
def identity() -> dict[str, Any]:
    """Show what the license registry says of the person who answers."""
    agent = callers.agent(app)
    return verifying.view(packets=wiring.packets(), packet_types=wiring.packet_type, packet_id=agent.packet_id)


@app.post("/packet/identity/confirmations")
def keep_differences(kept: Kept) -> dict[str, Any]:
    """Stand by answers that the license registry shows otherwise."""
    agent = callers.agent(app)
    return verifying.keep(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        fields=kept.fields,
        actor=agent.actor,
    )


@app.post("/packet/email-confirmations", status_code=HTTPStatus.ACCEPTED)
def ask_for_email_code() -> dict[str, Any]:
    """Mail a code to the address the agent wants to be reached at."""
    agent = callers.agent(app)
    contact.ask_for_code(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        envelope=wiring.envelope(),
        passwords=wiring.passwords(),
        limits=wiring.limits(),
        ids=wiring.ids(),
        clock=wiring.clock(),
        life=wiring.settings().temporary_password_life,
        packet_id=agent.packet_id,
        actor=agent.actor,
    )
    return {}


@app.put("/packet/email-confirmations")
def confirm_email(given: Code) -> dict[str, Any]:
    """Confirm an e-mail address with the code that was mailed to it."""
    agent = callers.agent(app)
    return contact.confirm(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        envelope=wiring.envelope(),
        passwords=wiring.passwords(),
        attempts=wiring.attempts(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        code=given.code,
        actor=agent.actor,
    )


@app.get("/packet/attachments")
def list_attachments() -> dict[str, Any]:
    """List the supporting files and what became of each."""
    agent = callers.agent(app)
    return attachments.listed(
        packets=wiring.packets(), packet_types=wiring.packet_type, clock=wiring.clock(), packet_id=agent.packet_id
    )


@app.post("/packet/attachments", status_code=HTTPStatus.CREATED)
def announce_attachment(file: Announced) -> dict[str, Any]:
    """Announce a supporting file; the answer says where to upload it."""
    agent = callers.agent(app)
    return attachments.announce(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        uploads=wiring.uploads(),
        limits=wiring.limits(),
        ids=wiring.ids(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        file_name=file.file_name,
        content_type=file.content_type,
        size=file.size,
        actor=agent.actor,
        request=callers.idempotency(app, agent.packet_id),
    )


@app.post("/packet/attachments/<attachment_id>/complete")
def complete_attachment(attachment_id: str) -> dict[str, Any]:
    """Have an uploaded file looked at."""
    agent = callers.agent(app)
    return attachments.complete(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        uploads=wiring.uploads(),
        scanner=wiring.scanner(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        attachment_id=attachment_id,
        actor=agent.actor,
    )


@app.delete("/packet/attachments/<attachment_id>", status_code=HTTPStatus.NO_CONTENT)
def remove_attachment(attachment_id: str) -> Response[None]:
    """Take a supporting file away."""
    agent = callers.agent(app)
    attachments.remove(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        attachment_id=attachment_id,
        actor=agent.actor,
    )
    return Response(HTTPStatus.NO_CONTENT)


@app.get("/packet/summary")
def summary() -> dict[str, Any]:
    """Show everything that was answered, sensitive answers masked."""
    agent = callers.agent(app)
    return summaries.summary(
        packets=wiring.packets(), packet_types=wiring.packet_type, clock=wiring.clock(), packet_id=agent.packet_id
    )


@app.post("/packet/summary/confirm")
def confirm() -> dict[str, Any]:
    """Freeze the answers and prepare the documents from them."""
    agent = callers.agent(app)
    return summaries.confirm(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        preparation=wiring.preparation(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        synthetic=wiring.settings().synthetic_people,
        actor=agent.actor,
        request=callers.idempotency(app, agent.packet_id),
    )


@app.post("/packet/summary/reopen")
def reopen() -> dict[str, Any]:
    """Open the answers again while nothing is signed."""
    agent = callers.agent(app)
    return summaries.reopen(
        packets=wiring.packets(), clock=wiring.clock(), packet_id=agent.packet_id, actor=agent.actor
    )


def _version(if_match: str) -> int:
    """The section version in an If-Match header, with or without the quotes of RFC 9110."""
    digits = if_match.strip().strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        message = "Send the version you read, for example If-Match: 3."
        raise InvalidRequest(errors=[{"field": "If-Match", "rule": "version", "message": message}])
    return int(digits)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
