"""Many invitations from one CSV file: every row is judged and invited on its own, and answered on its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from pydantic import ValidationError

from econtracting.domain.access import invitation_file
from econtracting.domain.access.access import OpenPacket, lapsed
from econtracting.domain.access.invitation import (
    AgencyDetails,
    AgencyName,
    Invitation,
    RowOutcome,
    email_place,
    email_places,
    is_agency_id,
)
from econtracting.domain.access.invitation_file import Row, Table
from econtracting.domain.access.spreadsheets import refuse_damage, restored
from econtracting.domain.callers import UNKNOWN, Contact, Request, Staff
from econtracting.domain.errors import EContractingError, InvalidRequest, PacketAlreadyOpen
from econtracting.domain.fields.characters import code
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.findings import message_of
from econtracting.domain.packet import Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.words import words
from econtracting.ports import Packets
from econtracting.usecases.invitations.invite import (
    Inviting,
    agency_name,
    agency_of,
    already_open,
    refuse_level,
    refuse_same_person,
)
from econtracting.views.invitations import BulkReport, BulkRow
from econtracting.views.remarks import RemarkView

AT_ONCE = 8
SECONDS_NEEDED = 4.0  # to finish the rows under way and to answer

# The column that holds each part of an invitation, and whether words stand in it.
_PARTS = {
    "agent.first_name": ("first_name", True),
    "agent.middle_name": ("middle_name", True),
    "agent.last_name": ("last_name", True),
    "agent.email": ("email", False),
    "agent.npn": ("npn", False),
    "agent.shares_email": ("shares_email", False),
    "recruiter.name": ("recruiter_name", True),
    "recruiter.email": ("recruiter_email", False),
    "recruiter.phone": ("recruiter_phone", False),
    "agency.id": ("agency_id", False),
    "agency.name": ("agency_name", True),
    "level": ("level", False),
    "pre_appointment_states": ("pre_appointment_states", False),
    "language": ("language", False),
}


@dataclass(frozen=True)
class Judged:
    """A row that may be invited."""

    number: int
    invitation: Invitation
    content: str


@dataclass(frozen=True)
class BulkInviting:
    """Inviting everyone in a file, as `inviting` does one by one."""

    inviting: Inviting

    def invite(self, staff: Staff, file: bytes, seconds_left: Callable[[], float], *, dry_run: bool) -> BulkReport:
        """A report of every row, in the file's order. With an Idempotency-Key a row is invited once only: sent again,
        the file gets the first answer for what was invited, and what was left or refused is tried again.

        Recruiter and agency are those of the caller's token where a row names none.

        Raises InvalidRequest for a file that is no CSV with our columns, or has too many rows, NoText for one in an
        unknown encoding, IdempotencyKeyReused for another file under the same key; Forbidden.
        """
        own_agency = agency_of(staff)
        packet_type = self.inviting.packet_types(self.inviting.usual_type)
        table = invitation_file.read(file)
        desk = _Desk(packet_type, own_agency, staff.contact, _AgencyNames(self.inviting.packets))
        good, reports = desk.judge(table.rows)
        if dry_run:
            reports += [_look_up(self.inviting.packets, self.inviting.clock.now(), row) for row in good]
            return _report(table, reports, dry_run=True)
        if staff.request is not None:
            self.inviting.packets.begin(staff.request)

        def attempt(row: Judged) -> BulkRow:
            if seconds_left() < SECONDS_NEEDED:
                return _row(row.number, RowOutcome.NOT_ATTEMPTED)
            try:
                request = _request_of(row, staff.request)
                committed = self.inviting.create(packet_type, row.invitation, staff.actor, request)
            except EContractingError as refusal:
                return _refusal(row.number, refusal)
            return _row(row.number, RowOutcome.CREATED, committed.packet.id)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            reports += pool.map(attempt, good)
        return _report(table, reports, dry_run=False)


def _row(number: int, outcome: RowOutcome, packet_id: str | None = None, errors: Sequence[RemarkView] = ()) -> BulkRow:
    return BulkRow(row=number, outcome=outcome, packet_id=packet_id, errors=list(errors))


def _report(table: Table, rows: list[BulkRow], *, dry_run: bool) -> BulkReport:
    return BulkReport.of(table, sorted(rows, key=lambda row: row.row), dry_run=dry_run)


@dataclass(frozen=True)
class _AgencyNames:
    """The names that agencies have, and those that a file gives to the ones that have none yet."""

    packets: Packets
    known: dict[str, str] = field(default_factory=dict)

    def of(self, agency_id: str) -> str:
        """Empty for an agency without a name, and for an id that no agency can have."""
        if not is_agency_id(agency_id):
            return ""
        if agency_id not in self.known:
            found = self.packets.find(AgencyName, agency_id)
            self.known[agency_id] = found.name if found else ""
        return self.known[agency_id]

    def learn(self, agency: AgencyDetails) -> None:
        self.known[agency.id] = self.known.get(agency.id) or agency.name


@dataclass(frozen=True)
class _Desk:
    """Judges the rows of one caller's file, each for itself."""

    packet_type: PacketType
    own_agency: str | None  # None for the carrier's own department
    contact: Contact
    agency_names: _AgencyNames

    def judge(self, rows: Sequence[Row]) -> tuple[list[Judged], list[BulkRow]]:
        """The rows that may be invited, and reports of those that may not. The second of two alike is refused."""
        good: list[Judged] = []
        reports: list[BulkRow] = []
        seen: dict[tuple[str, str, str], int] = {}
        for row in rows:
            try:
                invitation = self._invitation(row)
            except ValidationError as error:
                reports.append(_row(row.number, RowOutcome.REFUSED, errors=_rejections(error)))
                continue
            except InvalidRequest as refusal:
                reports.append(_refusal(row.number, refusal))
                continue
            names = [*_names(invitation), _person(invitation)]
            same = next((name for name in names if name in seen), None)
            if same is not None:
                reports.append(_row(row.number, RowOutcome.REFUSED, errors=[_duplicate(same[1], seen[same])]))
                continue
            seen |= dict.fromkeys(names, row.number)
            self.agency_names.learn(invitation.agency)
            good.append(Judged(row.number, invitation, json.dumps(dict(row.cells), sort_keys=True)))
        return good, reports

    def _invitation(self, row: Row) -> Invitation:
        """Raises ValidationError, InvalidRequest."""
        _refuse_nameless(row)
        given = {name: restored(cell) for name, cell in row.cells.items()}
        _refuse_all_damage(given)
        if self.own_agency is not None and given.get("agency_id") not in (None, "", self.own_agency):
            message = "You invite for your own agency only. Leave this cell empty."
            raise InvalidRequest(errors=[_error("agency_id", "agency", message)])
        cells = given | {name: value for name, value in self._own(given).items() if not given.get(name)}
        _refuse_empty(cells, given)
        refuse_level(self.packet_type, code(cells["level"]))
        return _invitation_of(cells)

    def _own(self, given: Mapping[str, str]) -> dict[str, str]:
        """What the caller's token and the agency's record say. A row that names somebody else as the recruiter says all
        of it: the caller's name and telephone are not theirs."""
        own = self.contact
        if given.get("recruiter_email", "").casefold() not in ("", own.email.casefold()):
            own = UNKNOWN
        agency_id = self.own_agency or given.get("agency_id", "")
        return {
            "recruiter_name": own.name,
            "recruiter_email": own.email,
            "recruiter_phone": own.phone,
            "agency_id": agency_id,
            "agency_name": "" if given.get("agency_name") else self.agency_names.of(agency_id),
        }


def _invitation_of(cells: Mapping[str, str]) -> Invitation:
    """Raises ValidationError."""
    return Invitation.model_validate(
        {
            "agent": {
                "first_name": cells["first_name"],
                "middle_name": cells.get("middle_name") or None,
                "last_name": cells["last_name"],
                "email": cells["email"],
                "npn": cells.get("npn") or None,
                "shares_email": cells.get("shares_email") or False,
            },
            "recruiter": {part: cells[f"recruiter_{part}"] for part in ("name", "email", "phone")},
            "agency": {part: cells[f"agency_{part}"] for part in ("id", "name")},
            "level": cells["level"],
            "pre_appointment_states": re.findall(r"[^\s;,/|]+", cells.get("pre_appointment_states", "")),
            "language": cells.get("language", "").strip().lower() or None,
        }
    )


def _refuse_nameless(row: Row) -> None:
    """Raises InvalidRequest: columns."""
    if row.beyond:
        message = words(
            "There is a value in column {columns}, which has no name in the first row. A cell with a separator in it "
            'stands in straight quotation marks: "Harbor, LLC".',
            columns=", ".join(row.beyond),
        )
        raise InvalidRequest(errors=[_error("", "columns", message)])


def _refuse_all_damage(given: Mapping[str, str]) -> None:
    """Raises InvalidRequest: whatever the spreadsheet did to cells, each named."""
    errors = []
    for name, holds_words in _PARTS.values():
        try:
            refuse_damage(given.get(name, ""), words=holds_words)
        except Refusal as damage:
            errors.append(_error(name, damage.rule, damage.message))
    if errors:
        raise InvalidRequest(errors=errors)


def _refuse_empty(cells: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Raises InvalidRequest: required, for each cell that has to say something and does not."""
    errors = []
    for name in (*invitation_file.NEEDED, "recruiter_name", "recruiter_email", "recruiter_phone", "agency_id"):
        if not cells.get(name):
            errors.append(_error(name, "required", words("The cell under {name} is empty. Please fill it.", name=name)))
    if cells.get("agency_id") and not cells.get("agency_name"):
        message = "No name is on file for this agency yet. Please write it here; later rows may leave it out."
        errors.append(_error("agency_name", "required", message))
    if errors:
        raise InvalidRequest(errors=errors)


def _duplicate(kind: str, first: int) -> RemarkView:
    message = words(
        "Row {first} invites the same e-mail address or NPN. For two people with one address write yes under "
        "shares_email in this row.",
        first=first,
    )
    return _remark(kind, "duplicate-in-file", message)


def _look_up(packets: Packets, now: datetime, row: Judged) -> BulkRow:
    """Whether the agency's name or an open packet would refuse the row, without writing anything."""
    try:
        agency_name(packets, row.invitation)
        refuse_same_person(packets, row.invitation.agency.id, row.invitation.agent.invited(), now)
    except (InvalidRequest, PacketAlreadyOpen) as refusal:
        return _refusal(row.number, refusal)
    for agency_id, kind, value in _names(row.invitation):
        holder = packets.find(OpenPacket, agency_id, kind, value)
        if holder is None:
            continue
        packet = packets.load(holder.packet_id)
        if not (packet.ended or packet.status is Status.ACTIVE or lapsed(packet, now)):
            return _refusal(row.number, already_open(holder))
    return _row(row.number, RowOutcome.VALID)


def _names(invitation: Invitation) -> list[tuple[str, str, str]]:
    found = [(invitation.agency.id, "email", email_place(invitation.agent.invited()))]
    if invitation.agent.npn:
        found.append((invitation.agency.id, "npn", invitation.agent.npn))
    return found


def _person(invitation: Invitation) -> tuple[str, str, str]:
    """The same person is invited once, whether or not the rows call the address shared."""
    return invitation.agency.id, "email", email_places(invitation.agent.invited())[1]


def _request_of(row: Judged, request: Request | None) -> Request | None:
    """The file's Idempotency-Key narrowed to a row: the same row sent again is answered with the same packet."""
    if request is None:
        return None
    content = sha256(row.content.encode()).hexdigest()
    return Request(caller=f"{request.caller}#bulk", key=f"{request.key}#{content}", body_hash=content)


def _refusal(number: int, refusal: EContractingError) -> BulkRow:
    found = refusal.facts.get("errors") or [_error("", refusal.code, refusal.detail)]
    errors = [one | {"field": _column((one["field"],))} for one in found]
    return BulkRow(
        row=number,
        outcome=RowOutcome.REFUSED,
        packet_id=refusal.facts.get("packet_id"),
        errors=[RemarkView(**one) for one in errors],
    )


def _rejections(error: ValidationError) -> list[RemarkView]:
    return [
        _remark(_column(one["loc"]), one["type"].replace("_", "-"), message_of(one))
        for one in error.errors(include_input=False, include_url=False)
    ]


def _column(place: Sequence[str | int]) -> str:
    """The column that a part of the invitation was read from."""
    part = ".".join(one for one in place if isinstance(one, str))
    return _PARTS[part][0] if part in _PARTS else part


def _remark(place: str, rule: str, message: str) -> RemarkView:
    return RemarkView(field=place, rule=rule, message=message)


def _error(place: str, rule: str, message: str) -> dict[str, str]:
    return {"field": place, "rule": rule, "message": message}
