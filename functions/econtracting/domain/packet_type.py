"""A packet type: everything a carrier decides, as data. A packet pins the version it was opened with."""

from __future__ import annotations

from datetime import date

from econtracting.domain.appointing.state_rules import StateRule
from econtracting.domain.fields.conditions import ConditionFacts, holds
from econtracting.domain.interview.interview import InterviewDefinition
from econtracting.domain.record import Record
from econtracting.domain.screening.adverse import LocalRule
from econtracting.domain.signing.documents import DocumentDefinition
from econtracting.domain.words import Text


class Carrier(Record):
    """The insurer as agents, states and letters know it."""

    name: str
    legal_name: str
    address: str
    phone: str
    email: str
    hours: Text
    co_code: str  # NAIC company code, five digits
    fein: str
    logo: str | None = None


class CertificationSite(Record):
    name: str
    url: str
    courses: tuple[str, ...]
    plan_year: int
    feed_days: int  # how long the producer feed usually takes to load


class Screening(Record):
    """The background-check company as the law wants it named (15 U.S.C. 1681m), and the notices about its report.

    A report names the company that made it; `company` and what follows are for those of before, which named none.
    The texts may name $first_name, $carrier, $company, $company_address, $company_phone, $contact and $rights_url.
    `local_waits` are longer minimum waits of the state the agent lives in. In `weighing_states` a refusal needs a
    written weighing of factors, and `weighing_document` goes with the notices (New York: Correction Law, Article 23-A).
    """

    company: str
    company_address: str
    company_phone: str
    rights_title: Text
    rights_url: str
    pre_adverse_title: Text
    pre_adverse_text: Text
    final_title: Text
    final_text: Text
    local_waits: dict[str, LocalRule] = {}
    weighing_states: tuple[str, ...] = ()
    weighing_document: str | None = None


class VersionedText(Record):
    """A text people accept. `text` is what was shown, byte for byte; its hash is recorded with the acceptance."""

    version: str
    title: Text
    text: Text


class PacketType(Record):
    name: str
    version: str
    carrier: Carrier
    levels: dict[str, Text]  # level -> what it is called
    line_code: str  # the line of authority a producer must hold in each state
    screening_package: str
    screening: Screening
    agreement: VersionedText
    disclosure: VersionedText
    signature_statement: Text
    certification: CertificationSite
    interview: InterviewDefinition
    documents: tuple[DocumentDefinition, ...]
    state_rules: tuple[StateRule, ...]
    reviewed_on: date

    def readable(self, text: str) -> str:
        """A document's title or statement as a packet stored it, with its readings while the type says it still."""
        own = (one for row in self.documents for one in (row.title, row.statement))
        return next((one for one in own if one == text), text)

    def documents_to_come(self, facts: ConditionFacts) -> tuple[DocumentDefinition, ...]:
        """The documents that are made when the answers are frozen, in packet order."""
        return tuple(
            row
            for row in self.documents
            if row.template is not None and row.produced == "freeze" and holds(row.include_when, facts)
        )
