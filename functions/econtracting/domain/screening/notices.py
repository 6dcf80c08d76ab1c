"""Notices the law wants an agent to get about a background report: what they say, and what goes with them.

Source: 15 U.S.C. 1681b(b)(3) before a decision, 1681m(a) after it; New York General Business Law 380-g(d) adds Article
23-A. They are read behind the log-in; a mail only says that there is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from string import Template
from typing import NamedTuple

from econtracting.domain.moment import Moment
from econtracting.domain.packet import Packet
from econtracting.domain.packet_type import PacketType
from econtracting.domain.record import Record
from econtracting.domain.screening.adverse import AdverseCase, AdverseStatus
from econtracting.domain.screening.background import Check, ScreeningCompany
from econtracting.domain.words import Text, Words, words


class NoticeKind(StrEnum):
    """Which notice: the first word of its id as well."""

    PRE_ADVERSE = "pre-adverse"  # before a decision
    ADVERSE = "adverse"  # of the decision


class Ground(StrEnum):
    """Why a report is disputed. What exactly is wrong is for the screening company, which can mend it."""

    INACCURATE = "inaccurate"
    INCOMPLETE = "incomplete"
    NOT_MINE = "not-mine"


class Enclosure(Record):
    """Something that goes with a notice: `view` is a path of this API, `url` a page of the government's."""

    title: Text
    view: str | None = None
    url: str | None = None


class Notice(Record):
    """A notice that was sent. `text` is what it says in full."""

    notice_id: str
    kind: NoticeKind
    title: Text
    text: Text
    at: Moment
    enclosures: tuple[Enclosure, ...]


class Occasion(NamedTuple):
    """What the notices of a case are made of. `documents` are the ids of the packet's documents."""

    case: AdverseCase
    check: Check | None  # whose report it is about
    packet: Packet
    definition: PacketType
    documents: Collection[str]

    @property
    def company(self) -> ScreeningCompany:
        """Who made the report, whoever makes today's."""
        if self.check is not None and self.check.company is not None:
            return self.check.company
        told = self.definition.screening
        return ScreeningCompany(name=told.company, address=told.company_address, phone=told.company_phone)


def notices_of(occasion: Occasion) -> Iterator[Notice]:
    """The notices of a case that were sent."""
    case = occasion.case
    if case.noticed_at is not None:
        yield _notice(occasion, NoticeKind.PRE_ADVERSE, case.noticed_at)
    if case.status is AdverseStatus.FINAL_SENT and case.ended_at is not None:
        yield _notice(occasion, NoticeKind.ADVERSE, case.ended_at)


def _notice(occasion: Occasion, kind: NoticeKind, at: datetime) -> Notice:
    case, definition, company = occasion.case, occasion.definition, occasion.company
    screening, carrier = definition.screening, definition.carrier
    before, notice_id = kind is NoticeKind.PRE_ADVERSE, f"{kind}-{case.attempt}"
    values = {
        "first_name": occasion.packet.agent.first_name,
        "carrier": carrier.legal_name,
        "company": company.name,
        "company_address": company.address,
        "company_phone": company.phone,
        "contact": f"{carrier.address}, {carrier.phone}, {carrier.email}",
        "rights_url": screening.rights_url,
    }
    wording = screening.pre_adverse_text if before else screening.final_text
    readings = wording.readings if isinstance(wording, Words) else {}
    text = Words(
        Template(wording).substitute(values),
        readings={language: Template(reading).substitute(values) for language, reading in readings.items()},
    )
    enclosed = [Enclosure(title=screening.rights_title, url=screening.rights_url)]
    if before and case.copy_of_report is not None:
        enclosed.insert(0, Enclosure(title=words("Copy of the report"), view=f"/packet/notices/{notice_id}/report"))
    weighing = next((row for row in definition.documents if row.code == screening.weighing_document), None)
    if case.worksheet_needed and weighing is not None and weighing.code in occasion.documents:
        view = f"/packet/documents/{weighing.code}/content"
        enclosed.append(Enclosure(title=weighing.title, view=view))
    return Notice(
        notice_id=notice_id,
        kind=kind,
        title=screening.pre_adverse_title if before else screening.final_title,
        text=text,
        at=at,
        enclosures=tuple(enclosed),
    )
