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
GET  /packet/notices/{notice_id}/report             -> 200 application/pdf, the copy of the report | 303 | 404
POST /packet/notices/{notice_id}/disputes           -> 201 {disputed_at} | 409 invalid-transition

Signing calls before consent answer 403 consent-required.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from econtracting import wiring
from econtracting.domain.fields.names import bare_initials
from econtracting.domain.screening.notices import Ground
from econtracting.domain.signing.documents import PACKET_ACT
from econtracting.http import callers
from econtracting.http.files import (
    PDF,
    PDF_OR_ELSEWHERE,
    PLAIN,
    PNG,
    ZIP,
    ZIP_OR_PDF,
    File,
    elsewhere,
    pdf,
    plain,
    png,
    zipped,
)
from econtracting.http.problems import Door
from econtracting.usecases.screening.notices import COPY_NAME
from econtracting.usecases.signing.adopting import Wish
from econtracting.views.notices import DisputeView, NoticesView
from econtracting.views.printing import PrintRowView
from econtracting.views.signing import (
    AdoptedView,
    ConsentedView,
    ConsentView,
    DocumentView,
    FinishView,
    LeaveView,
    PaperCopiesView,
    SignatureView,
    SignedFieldView,
    WithdrawnConsentView,
)

app = Door(wiring.from_edge)


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


def _bare(typed: object) -> object:
    return bare_initials(typed) if isinstance(typed, str) else typed


Initials = Annotated[str, BeforeValidator(_bare)]


class Signature(BaseModel):
    """Typed in a style, or drawn as strokes of points, or an image as base64 or data URL (PNG or JPEG)."""

    model_config = ConfigDict(extra="forbid")
    full_name: str = Field(min_length=1, max_length=800)
    initials: Initials = Field(min_length=1, max_length=4)
    style: str | None = Field(default=None, max_length=64)
    image: str | None = None
    strokes: list[list[tuple[float, float]]] | None = None

    def wish(self) -> Wish:
        return Wish(**{name: getattr(self, name) for name in type(self).model_fields})


class Dispute(BaseModel):
    """Why the report is disputed. What exactly is wrong is told to the screening company, which can mend it."""

    model_config = ConfigDict(extra="forbid")
    grounds: list[Ground] = Field(min_length=1, max_length=3)


class Act(BaseModel):
    """Names the act a signature belongs to. What is an act of its own, such as `w9`, is signed under its name only."""

    model_config = ConfigDict(extra="forbid")
    act: str = Field(default=PACKET_ACT, max_length=64)


@app.get("/packet/consent")
def disclosure() -> ConsentView:
    """Show the disclosure about electronic records and what was accepted of it."""
    return wiring.consenting().disclosure(callers.agent(app))


@app.get("/packet/consent/access-code", responses=PDF)
def access_code() -> File:
    """The document with the code that proves access to electronic records."""
    return pdf(wiring.consenting().access_code_document(callers.agent(app)), "access-code.pdf")


@app.post("/packet/consent", status_code=HTTPStatus.CREATED)
def consent(given: Consent) -> ConsentedView:
    """Consent to electronic records, with the code read from the document."""
    return wiring.consenting().consent(callers.agent(app), given.disclosure_version, given.access_code)


@app.post("/packet/consent/withdraw")
def withdraw_consent(why: Reason) -> WithdrawnConsentView:
    """Withdraw the consent to electronic records; the answer says what follows."""
    return wiring.consenting().withdraw(callers.agent(app), why.reason)


@app.post("/packet/paper-copies", status_code=HTTPStatus.ACCEPTED)
def request_paper(wanted: PaperCopies) -> PaperCopiesView:
    """Ask for documents on paper."""
    return wiring.consenting().request_paper(callers.agent(app), wanted.documents)


@app.get("/packet/signature")
def signature() -> SignatureView:
    """Show the styles to sign in and the signature adopted so far."""
    return wiring.adopting().choices(callers.agent(app))


@app.put("/packet/signature")
def adopt(signature: Signature) -> AdoptedView:
    """Adopt a signature and initials."""
    return wiring.adopting().adopt(callers.agent(app), signature.wish())


@app.get("/packet/signature/preview", responses=PNG)
def adopted_preview() -> File:
    """The adopted signature as the documents show it."""
    return png(wiring.adopting().adopted_preview(callers.agent(app)))


@app.post("/packet/signature/preview", responses=PNG)
def preview(signature: Signature) -> File:
    """A signature not yet adopted, as the documents would show it."""
    return png(wiring.adopting().preview(callers.agent(app), signature.wish()))


@app.get("/packet/notices")
def notices() -> NoticesView:
    """List the notices about a background report and whether one can be disputed."""
    return wiring.notices().rows(callers.agent(app))


@app.get("/packet/notices/<notice_id>/content", responses=PLAIN)
def notice(notice_id: str) -> File:
    """The notice as text."""
    return plain(wiring.notices().text(callers.agent(app), notice_id))


@app.get("/packet/notices/<notice_id>/report", responses=PDF_OR_ELSEWHERE)
def report(notice_id: str) -> File:
    """The copy of the report that a notice is about."""
    copy = wiring.notices().report(callers.agent(app), notice_id)
    return pdf(copy.content, COPY_NAME) if copy.link is None else elsewhere(copy.link)


@app.post("/packet/notices/<notice_id>/disputes", status_code=HTTPStatus.CREATED)
def dispute(notice_id: str, given: Dispute) -> DisputeView:
    """Dispute the report that a notice is about."""
    return wiring.notices().dispute(callers.agent(app), notice_id, given.grounds)


@app.get("/packet/documents")
def documents() -> list[DocumentView]:
    """List the frozen documents with the fields to sign."""
    return wiring.signing().documents_view(callers.agent(app))


@app.get("/packet/documents/<document_id>/content", responses=PDF)
def content(document_id: str, version: Annotated[Literal["frozen", "sealed"], Query()] = "frozen") -> File:
    """A document's bytes as they were frozen, or as they were sealed."""
    found = wiring.signing().content(callers.agent(app), document_id, sealed=version == "sealed")
    return pdf(found, f"{document_id}.pdf")


@app.post("/packet/documents/<document_id>/fields/<field_id>", status_code=HTTPStatus.CREATED)
def sign_field(document_id: str, field_id: str, given: Annotated[Act | None, Body()] = None) -> SignedFieldView:
    """Sign, initial or acknowledge one field."""
    act = given.act if given else PACKET_ACT
    return wiring.signing().sign_field(callers.agent(app), document_id, field_id, act)


@app.post("/packet/decline")
def decline(why: Reason) -> LeaveView:
    """Decline to be contracted; the packet ends."""
    return wiring.declining().decline(callers.agent(app), why.reason)


@app.post("/packet/wrong-recipient")
def refuse_mistaken_identity() -> LeaveView:
    """Tell that the invitation reached the wrong person; the packet ends."""
    return wiring.declining().refuse_mistaken_identity(callers.agent(app))


@app.post("/packet/finish", status_code=HTTPStatus.ACCEPTED)
def finish() -> FinishView:
    """Finish signing; the seals are made next."""
    return wiring.signing().finish(callers.agent(app))


@app.get("/packet/print")
def print_rows() -> list[PrintRowView]:
    """List what there is to print, in packet order."""
    return wiring.printing().rows(callers.agent(app))


@app.get("/packet/print/all", responses=ZIP_OR_PDF)
def print_all(format: Annotated[Literal["zip", "pdf"], Query()] = "zip") -> File:
    """All documents in one archive or one PDF."""
    agent = callers.agent(app)
    if format == "pdf":
        return pdf(wiring.printing().volume(agent), f"{agent.packet_id}-documents.pdf")
    return zipped(wiring.printing().archive(agent), f"{agent.packet_id}-documents.zip")


@app.get("/packet/evidence", responses=ZIP)
def evidence() -> File:
    """The evidence package, which anyone can verify offline."""
    agent = callers.agent(app)
    return zipped(wiring.printing().evidence(agent), f"{agent.packet_id}-evidence.zip")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
