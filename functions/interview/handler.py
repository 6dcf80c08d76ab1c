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
POST   /packet/summary/confirm                -> 200 AWAITING_SIGNATURE | 409 interview-incomplete | 412 stale-version
POST   /packet/summary/reopen                 -> 200 IN_PROGRESS while nothing is signed

Before the agreement is accepted every call but the first two answers 403 agreement-required.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from econtracting import wiring
from econtracting.domain.errors import InvalidRequest
from econtracting.http import callers
from econtracting.http.problems import Door
from econtracting.views.attachments import AnnouncedAttachmentView, AttachmentsView, AttachmentView
from econtracting.views.interview import (
    AgreementView,
    AnswersStandView,
    ConfirmedEmailView,
    EmailCodeView,
    IdentityView,
    SavedSectionView,
    SectionView,
    SummaryView,
)
from econtracting.views.standing import PacketView

app = Door(wiring.from_edge)


class Agreed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str = Field(max_length=64)
    accepted: Literal[True]


class Announced(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    file_name: str = Field(max_length=1000)
    content_type: str = Field(
        default="", max_length=1000, description="As the browser says; if it says nothing, the name's ending decides"
    )
    size: int = Field(description="bytes")


class Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")
    fields: list[str] = Field(min_length=1, max_length=10, description="Paths as the differences name them")


class Code(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str = Field(min_length=1, max_length=20)


@app.get("/packet")
def packet() -> PacketView:
    """Show where the packet stands, its sections and the road ahead."""
    return wiring.packet_standing().view(callers.agent(app))


@app.get("/packet/agreement")
def agreement() -> AgreementView:
    """Show the user agreement and what was accepted of it."""
    return wiring.interview().agreement(callers.agent(app))


@app.put("/packet/agreement")
def accept_agreement(accepted: Agreed) -> AgreementView:
    """Accept the version of the user agreement that was shown."""
    return wiring.interview().accept_agreement(callers.agent(app), accepted.version)


@app.get("/packet/interview/<section>")
def section(section: str) -> SectionView:
    """Show a section's form and answers, sensitive ones masked."""
    return wiring.interview().section(callers.agent(app), section)


@app.put("/packet/interview/<section>")
def save_section(
    section: str,
    answers: Annotated[dict[str, Any], Body()],
    if_match: Annotated[str, Header(alias="If-Match", description="The version the answers were read with")],
    draft: Annotated[bool, Query(description="Keep a part of the section without completing it")] = False,
) -> SavedSectionView:
    """Save a section on top of the version named in If-Match."""
    return wiring.saving().save(callers.agent(app), section, answers, _version(if_match), draft=draft)


@app.get("/packet/identity")
def identity() -> IdentityView:
    """Show what the license registry says of the person who answers."""
    return wiring.identity().view(callers.agent(app))


@app.post("/packet/identity/confirmations")
def keep_differences(kept: Kept) -> IdentityView:
    """Stand by answers that the license registry shows otherwise."""
    return wiring.identity().keep(callers.agent(app), kept.fields)


@app.post("/packet/email-confirmations", status_code=HTTPStatus.ACCEPTED)
def ask_for_email_code() -> EmailCodeView:
    """Mail a code to the address the agent wants to be reached at."""
    return wiring.email_changes().ask_for_code(callers.agent(app))


@app.put("/packet/email-confirmations")
def confirm_email(given: Code) -> ConfirmedEmailView:
    """Confirm an e-mail address with the code that was mailed to it."""
    return wiring.email_changes().confirm(callers.agent(app), given.code)


@app.get("/packet/attachments")
def list_attachments() -> AttachmentsView:
    """List the supporting files and what became of each."""
    return wiring.attachments().rows(callers.agent(app))


@app.post("/packet/attachments", status_code=HTTPStatus.CREATED)
def announce_attachment(file: Announced) -> AnnouncedAttachmentView:
    """Announce a supporting file; the answer says where to upload it."""
    return wiring.attachments().announce(callers.agent(app), file.file_name, file.content_type, file.size)


@app.post("/packet/attachments/<attachment_id>/complete")
def complete_attachment(attachment_id: str) -> AttachmentView:
    """Have an uploaded file looked at."""
    return wiring.attachments().complete(callers.agent(app), attachment_id)


@app.delete("/packet/attachments/<attachment_id>", status_code=HTTPStatus.NO_CONTENT)
def remove_attachment(attachment_id: str) -> Response[None]:
    """Take a supporting file away."""
    wiring.attachments().remove(callers.agent(app), attachment_id)
    return Response(HTTPStatus.NO_CONTENT)


@app.get("/packet/summary")
def summary() -> SummaryView:
    """Show everything that was answered, sensitive answers masked."""
    agent = callers.agent(app)  # before anything is built: who may not come in learns no more
    return wiring.summaries().view(agent)


@app.post("/packet/summary/confirm")
def confirm(
    if_match: Annotated[str, Header(alias="If-Match", description="The version of the summary that was shown")],
) -> AnswersStandView:
    """Freeze the answers that the summary named in If-Match showed, and prepare the documents from them."""
    agent = callers.agent(app)  # before anything is built: who may not come in learns no more
    return wiring.summaries().confirm(agent, _summary_version(if_match))


@app.post("/packet/summary/reopen")
def reopen() -> AnswersStandView:
    """Open the answers again while nothing is signed."""
    return wiring.summaries().reopen(callers.agent(app))


def _version(if_match: str) -> int:
    """The section version in an If-Match header."""
    return int(_named(if_match, "[0-9]{1,9}", "Send the version you read, for example If-Match: 3."))


def _summary_version(if_match: str) -> str:
    """The summary version in an If-Match header."""
    return _named(if_match, "[0-9a-f]{64}", "Send the version that the summary was shown with.")


def _named(if_match: str, form: str, message: str) -> str:
    """What an If-Match header names, with or without the quotes of RFC 9110. Raises InvalidRequest."""
    named = if_match.strip().strip('"')
    if not re.fullmatch(form, named):
        raise InvalidRequest(errors=[{"field": "If-Match", "rule": "version", "message": message}])
    return named


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
