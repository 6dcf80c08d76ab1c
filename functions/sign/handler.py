"""sign: consent, adopted signature, field by field, finish, print packet, notices.

GET  /packet/consent                                -> 200 the disclosure
GET  /packet/consent/access-code                    -> 200 application/pdf with the code to type back
POST /packet/consent                                -> 201 | 412 stale-version | 422 invalid-request
POST /packet/consent/withdraw                       -> 200 the consequence
POST /packet/paper-copies                           -> 202 which documents come on paper
GET  /packet/signature                              -> 200 styles, statement, what is adopted
PUT  /packet/signature                              -> 200 | 403 step-up-required | 422 when the name is not the agent's
GET  /packet/signature/preview                      -> 200 image/png of the adopted signature
POST /packet/signature/preview                      -> 200 image/png of one not yet adopted
GET  /packet/documents                              -> 200 documents with their fields
GET  /packet/documents/{document_id}/content        -> 200 application/pdf, frozen or ?version=sealed
POST /packet/documents/{document_id}/fields/{id}    -> 201 | 409 already-signed, document-not-opened
POST /packet/decline, /packet/wrong-recipient       -> 200
POST /packet/finish                                 -> 202 SEALING | 409 signatures-missing | 403 step-up-required
GET  /packet/print                                  -> 200 rows in packet order | 409 before sealing
GET  /packet/print/all                              -> 200 application/zip, or one application/pdf with ?format=pdf
GET  /packet/evidence                               -> 200 application/zip
GET  /packet/notices                                -> 200 notices about a background report, and whether to dispute
GET  /packet/notices/{notice_id}/content            -> 200 text/plain | 404 notice-not-found
GET  /packet/notices/{notice_id}/report             -> 200 application/pdf, the copy of the report | 404
POST /packet/notices/{notice_id}/disputes           -> 201 {disputed_at} | 409 invalid-transition

Signing calls before consent answer 403 consent-required.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import BaseModel, ConfigDict, Field

from econtracting import wiring
from econtracting.domain.screening.notices import Ground
from econtracting.domain.signing.documents import PACKET_ACT
from econtracting.http import callers
from econtracting.http.files import PDF, PLAIN, PNG, ZIP, ZIP_OR_PDF, File, pdf, plain, png, zipped
from econtracting.http.problems import Door
from econtracting.usecases.screening import notices
from econtracting.usecases.signing import adopting, consenting, declining, printing, signing

app = Door(wiring.edge_secret)


class Consent(BaseModel):
    model_config = ConfigDict(extra="forbid")
    disclosure_version: str
    access_code: str = Field(max_length=64)


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=500)


class PaperCopies(BaseModel):
    """Of which documents; all of them when none is named."""

    model_config = ConfigDict(extra="forbid")
    documents: list[str] | None = Field(default=None, max_length=50)


class Signature(BaseModel):
    """Typed in a style, or drawn as strokes of points, or an image as base64 or data URL (PNG or JPEG)."""

    model_config = ConfigDict(extra="forbid")
    full_name: str = Field(min_length=1, max_length=200)
    initials: str = Field(min_length=1, max_length=4)
    style: str | None = Field(default=None, max_length=64)
    image: str | None = None
    strokes: list[list[tuple[float, float]]] | None = None

    def wish(self) -> adopting.Wish:
        return adopting.Wish(**{name: getattr(self, name) for name in type(self).model_fields})


class Dispute(BaseModel):
    """Why the report is disputed. What exactly is wrong is told to the screening company, which can mend it."""

    model_config = ConfigDict(extra="forbid")
    grounds: list[Ground] = Field(min_length=1, max_length=3)


class Act(BaseModel):
    """Names the act a signature belongs to. What is an act of its own, such as `w9`, is signed under its name only."""

    model_config = ConfigDict(extra="forbid")
    act: str = Field(default=PACKET_ACT, max_length=64)


@app.get("/packet/consent")
def consent_view() -> dict[str, Any]:
    """Show the disclosure about electronic records and what was accepted of it."""
    agent = callers.agent(app)
    return consenting.consent_view(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        actor=agent.actor,
    )


@app.get("/packet/consent/access-code", responses=PDF)
def access_code() -> File:
    """The document with the code that proves access to electronic records."""
    agent = callers.agent(app)
    content = consenting.access_code_document(
        packets=wiring.packets(), documents=wiring.documents(), packet_id=agent.packet_id
    )
    return pdf(content, "access-code.pdf")


@app.post("/packet/consent", status_code=HTTPStatus.CREATED)
def consent(given: Consent) -> dict[str, Any]:
    """Consent to electronic records, with the code read from the document."""
    agent = callers.agent(app)
    return consenting.consent(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        disclosure_version=given.disclosure_version,
        access_code=given.access_code,
        actor=agent.actor,
        request=callers.idempotency(app, agent.packet_id),
    )


@app.post("/packet/consent/withdraw")
def withdraw_consent(why: Reason) -> dict[str, Any]:
    """Withdraw the consent to electronic records; the answer says what follows."""
    agent = callers.agent(app)
    return consenting.withdraw_consent(
        packets=wiring.packets(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        reason=why.reason,
        actor=agent.actor,
    )


@app.post("/packet/paper-copies", status_code=HTTPStatus.ACCEPTED)
def paper_copies(wanted: PaperCopies) -> dict[str, Any]:
    """Ask for documents on paper."""
    agent = callers.agent(app)
    return consenting.request_paper(
        packets=wiring.packets(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        document_ids=wanted.documents,
        actor=agent.actor,
        request=callers.idempotency(app, agent.packet_id),
    )


@app.get("/packet/signature")
def signature_view() -> dict[str, Any]:
    """Show the styles to sign in and the signature adopted so far."""
    agent = callers.agent(app)
    return adopting.signature_view(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        styles=wiring.signature_styles(),
        packet_id=agent.packet_id,
    )


@app.put("/packet/signature")
def adopt(signature: Signature) -> dict[str, Any]:
    """Adopt a signature and initials."""
    agent = callers.agent(app)
    return adopting.adopt(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        documents=wiring.documents(),
        pictures=wiring.pictures(),
        clock=wiring.clock(),
        ids=wiring.ids(),
        styles=wiring.signature_styles(),
        packet_id=agent.packet_id,
        wish=signature.wish(),
        signed_in_at=agent.signed_in_at,
        step_up=wiring.step_up(),
        actor=agent.actor,
    )


@app.get("/packet/signature/preview", responses=PNG)
def adopted_preview() -> File:
    """The adopted signature as the documents show it."""
    agent = callers.agent(app)
    found = adopting.adopted_preview(
        packets=wiring.packets(),
        documents=wiring.documents(),
        pictures=wiring.pictures(),
        packet_id=agent.packet_id,
    )
    return png(found)


@app.post("/packet/signature/preview", responses=PNG)
def preview(signature: Signature) -> File:
    """A signature not yet adopted, as the documents would show it."""
    agent = callers.agent(app)
    found = adopting.preview(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        pictures=wiring.pictures(),
        clock=wiring.clock(),
        styles=wiring.signature_styles(),
        packet_id=agent.packet_id,
        wish=signature.wish(),
    )
    return png(found)


@app.get("/packet/notices")
def notices_view() -> dict[str, Any]:
    """List the notices about a background report and whether one can be disputed."""
    agent = callers.agent(app)
    return notices.listed(packets=wiring.packets(), packet_types=wiring.packet_type, packet_id=agent.packet_id)


@app.get("/packet/notices/<notice_id>/content", responses=PLAIN)
def notice(notice_id: str) -> File:
    """The notice as text."""
    agent = callers.agent(app)
    found = notices.text(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        notice_id=notice_id,
        actor=agent.actor,
    )
    return plain(found)


@app.get("/packet/notices/<notice_id>/report", responses=PDF)
def report(notice_id: str) -> File:
    """The copy of the report that a notice is about."""
    agent = callers.agent(app)
    found = notices.report(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        documents=wiring.documents(),
        packet_id=agent.packet_id,
        notice_id=notice_id,
    )
    return pdf(found, "background-report.pdf")


@app.post("/packet/notices/<notice_id>/disputes", status_code=HTTPStatus.CREATED)
def dispute(notice_id: str, given: Dispute) -> dict[str, Any]:
    """Dispute the report that a notice is about."""
    agent = callers.agent(app)
    return notices.dispute(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        notice_id=notice_id,
        grounds=given.grounds,
        actor=agent.actor,
        request=callers.idempotency(app, agent.packet_id),
    )


@app.get("/packet/documents")
def documents() -> list[dict[str, Any]]:
    """List the frozen documents with the fields to sign."""
    agent = callers.agent(app)
    return signing.documents_view(packets=wiring.packets(), packet_id=agent.packet_id)


@app.get("/packet/documents/<document_id>/content", responses=PDF)
def content(document_id: str, version: Annotated[Literal["frozen", "sealed"], Query()] = "frozen") -> File:
    """A document's bytes as they were frozen, or as they were sealed."""
    agent = callers.agent(app)
    found = signing.content(
        packets=wiring.packets(),
        documents=wiring.documents(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        document_id=document_id,
        sealed=version == "sealed",
        actor=agent.actor,
    )
    return pdf(found, f"{document_id}.pdf")


@app.post("/packet/documents/<document_id>/fields/<field_id>", status_code=HTTPStatus.CREATED)
def sign_field(document_id: str, field_id: str, given: Annotated[Act | None, Body()] = None) -> dict[str, Any]:
    """Sign, initial or acknowledge one field."""
    agent = callers.agent(app)
    return signing.sign_field(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        document_id=document_id,
        field_id=field_id,
        act=given.act if given else PACKET_ACT,
        actor=agent.actor,
        request=callers.idempotency(app, agent.packet_id),
    )


@app.post("/packet/decline")
def decline(why: Reason) -> dict[str, Any]:
    """Decline to be contracted; the packet ends."""
    agent = callers.agent(app)
    return declining.decline(
        packets=wiring.packets(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        reason=why.reason,
        wrong_recipient=False,
        actor=agent.actor,
    )


@app.post("/packet/wrong-recipient")
def wrong_recipient() -> dict[str, Any]:
    """Tell that the invitation reached the wrong person; the packet ends."""
    agent = callers.agent(app)
    return declining.decline(
        packets=wiring.packets(),
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        reason="wrong recipient",
        wrong_recipient=True,
        actor=agent.actor,
    )


@app.post("/packet/finish", status_code=HTTPStatus.ACCEPTED)
def finish() -> dict[str, Any]:
    """Finish signing; the seals are made next."""
    agent = callers.agent(app)
    return signing.finish(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        clock=wiring.clock(),
        packet_id=agent.packet_id,
        signed_in_at=agent.signed_in_at,
        step_up=wiring.step_up(),
        actor=agent.actor,
        request=callers.idempotency(app, agent.packet_id),
    )


@app.get("/packet/print")
def print_packet() -> list[dict[str, Any]]:
    """List what there is to print, in packet order."""
    agent = callers.agent(app)
    return printing.rows(packets=wiring.packets(), packet_types=wiring.packet_type, packet_id=agent.packet_id)


@app.get("/packet/print/all", responses=ZIP_OR_PDF)
def print_all(format: Annotated[Literal["zip", "pdf"], Query()] = "zip") -> File:
    """All documents in one archive or one PDF."""
    agent = callers.agent(app)
    packets, documents = wiring.packets(), wiring.documents()
    if format == "pdf":
        bound = printing.merged(packets=packets, documents=documents, binder=wiring.binder(), packet_id=agent.packet_id)
        return pdf(bound, f"{agent.packet_id}-documents.pdf")
    found = printing.archive(packets=packets, documents=documents, packet_id=agent.packet_id)
    return zipped(found, f"{agent.packet_id}-documents.zip")


@app.get("/packet/evidence", responses=ZIP)
def evidence() -> File:
    """The evidence package, which anyone can verify offline."""
    agent = callers.agent(app)
    found = printing.evidence(
        packets=wiring.packets(),
        packet_types=wiring.packet_type,
        documents=wiring.documents(),
        packet_id=agent.packet_id,
    )
    return zipped(found, f"{agent.packet_id}-evidence.zip")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
