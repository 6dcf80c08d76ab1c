"""Many invitations from one CSV file: every row is judged and invited on its own, and answered on its own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pydantic import ValidationError

from econtracting.domain.access.access import OpenPacket, lapsed
from econtracting.domain.access.invitation import Invitation, RowOutcome
from econtracting.domain.callers import Request, Staff
from econtracting.domain.errors import EContractingError, InvalidRequest, PacketAlreadyOpen
from econtracting.domain.findings import message_of
from econtracting.domain.packet import Status
from econtracting.domain.packet_type import PacketType
from econtracting.domain.words import words
from econtracting.ports import Packets
from econtracting.usecases.invitations.invite import Inviting, agency_name, agency_of, refuse_unknown_level
from econtracting.views.invitations import BulkReport, BulkRow
from econtracting.views.remarks import RemarkView

MOST_ROWS = 500
AT_ONCE = 8
SECONDS_NEEDED = 4.0  # to finish the rows under way and to answer

REQUIRED = (
    "first_name",
    "last_name",
    "email",
    "level",
    "recruiter_name",
    "recruiter_email",
    "recruiter_phone",
    "agency_name",
)
OPTIONAL = ("middle_name", "npn", "pre_appointment_states", "agency_id", "language")


@dataclass(frozen=True)
class Row:
    number: int
    invitation: Invitation
    content: str


@dataclass(frozen=True)
class BulkInviting:
    """Inviting everyone in a file, as `inviting` does one by one."""

    inviting: Inviting

    def invite(self, staff: Staff, text: str, seconds_left: Callable[[], float], *, dry_run: bool) -> BulkReport:
        """A report of every row, in the file's order. With an Idempotency-Key a row is invited once only: sent again,
        the file gets the first answer for what was invited, and what was left or refused is tried again.

        Raises InvalidRequest for a file that is no CSV with our columns, or has too many rows, IdempotencyKeyReused for
        another file under the same key; Forbidden.
        """
        agency_id = agency_of(staff)
        packet_type = self.inviting.packet_types(self.inviting.usual_type)
        good, reports = _judge(read_rows(text), packet_type, agency_id)
        if dry_run:
            reports += [_look_up(self.inviting.packets, self.inviting.clock.now(), row) for row in good]
            return _report(reports, dry_run=True)
        if staff.request is not None:
            self.inviting.packets.begin(staff.request)

        def attempt(row: Row) -> BulkRow:
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
        return _report(reports, dry_run=False)


def _row(number: int, outcome: RowOutcome, packet_id: str | None = None, errors: Sequence[RemarkView] = ()) -> BulkRow:
    return BulkRow(row=number, outcome=outcome, packet_id=packet_id, errors=list(errors))


def _report(rows: list[BulkRow], *, dry_run: bool) -> BulkReport:
    return BulkReport.of(sorted(rows, key=lambda row: row.row), dry_run=dry_run)


def read_rows(text: str) -> list[dict[str, str]]:
    """The file's rows by column name. Raises InvalidRequest."""
    try:
        table = [
            row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True) if any(row)
        ]
    except csv.Error:
        raise _no_file("csv", "This is not a CSV file that can be read.") from None
    if not table:
        raise _no_file("empty", "The file has no rows.")
    header, *rows = table
    columns = [name.strip().lower() for name in header]
    missing = [name for name in REQUIRED if name not in columns]
    if missing or len(set(columns)) != len(columns) or not set(columns) <= {*REQUIRED, *OPTIONAL}:
        message = words(
            "The first row names the columns: {required}; also allowed: {optional}.",
            required=", ".join(REQUIRED),
            optional=", ".join(OPTIONAL),
        )
        raise _no_file("columns", message)
    if len(rows) > MOST_ROWS:
        raise _no_file("too-many-rows", words("Send at most {most} rows at once.", most=MOST_ROWS))
    return [dict(zip([*columns, "more"], [*row, *[""] * len(columns)], strict=False)) for row in rows]


def _judge(
    rows: Sequence[Mapping[str, str]], packet_type: PacketType, agency_id: str | None
) -> tuple[list[Row], list[BulkRow]]:
    """The rows that may be invited, and reports of those that may not. The second of two alike is refused."""
    good: list[Row] = []
    reports: list[BulkRow] = []
    seen: dict[tuple[str, str, str], int] = {}
    for number, cells in enumerate(rows, start=2):
        try:
            invitation = _invitation(cells, agency_id)
            refuse_unknown_level(packet_type, invitation)
        except ValidationError as error:
            reports.append(_row(number, RowOutcome.REFUSED, errors=_rejections(error)))
            continue
        except InvalidRequest as refusal:
            reports.append(_refusal(number, refusal))
            continue
        names = _names(invitation)
        first = next((seen[name] for name in names if name in seen), None)
        if first is not None:
            message = words("Row {first} invites the same e-mail address or NPN.", first=first)
            reports.append(_row(number, RowOutcome.REFUSED, errors=[_remark("email", "duplicate-in-file", message)]))
            continue
        seen |= dict.fromkeys(names, number)
        good.append(Row(number, invitation, json.dumps(cells, sort_keys=True)))
    return good, reports


def _invitation(cells: Mapping[str, str], agency_id: str | None) -> Invitation:
    """Raises ValidationError."""
    given = {name: value.strip() for name, value in cells.items()}
    if given.get("more"):
        message = "This row has more cells than the first row has columns."
        raise InvalidRequest(errors=[_error("", "columns", message)])
    if agency_id is not None and given.get("agency_id", agency_id) not in ("", agency_id):
        message = "You invite for your own agency only."
        raise InvalidRequest(errors=[_error("agency_id", "agency", message)])
    return Invitation.model_validate(
        {
            "agent": {
                "first_name": given["first_name"],
                "middle_name": given.get("middle_name") or None,
                "last_name": given["last_name"],
                "email": given["email"],
                "npn": given.get("npn") or None,
            },
            "recruiter": {
                "name": given["recruiter_name"],
                "email": given["recruiter_email"],
                "phone": given["recruiter_phone"],
            },
            "agency": {"id": agency_id or given.get("agency_id", ""), "name": given["agency_name"]},
            "level": given["level"],
            "pre_appointment_states": given.get("pre_appointment_states", "").replace(";", " ").split(),
            "language": given.get("language", "").lower() or None,
        }
    )


def _look_up(packets: Packets, now: datetime, row: Row) -> BulkRow:
    """Whether the agency's name or an open packet would refuse the row, without writing anything."""
    try:
        agency_name(packets, row.invitation)
    except InvalidRequest as refusal:
        return _refusal(row.number, refusal)
    for agency_id, kind, value in _names(row.invitation):
        holder = packets.find(OpenPacket, agency_id, kind, value)
        if holder is None:
            continue
        packet = packets.load(holder.packet_id)
        if not (packet.ended or packet.status is Status.ACTIVE or lapsed(packet, now)):
            return _refusal(row.number, PacketAlreadyOpen(packet_id=packet.id))
    return _row(row.number, RowOutcome.VALID)


def _names(invitation: Invitation) -> list[tuple[str, str, str]]:
    found = [(invitation.agency.id, "email", invitation.agent.email.casefold())]
    if invitation.agent.npn:
        found.append((invitation.agency.id, "npn", invitation.agent.npn))
    return found


def _request_of(row: Row, request: Request | None) -> Request | None:
    """The file's Idempotency-Key narrowed to a row: the same row sent again is answered with the same packet."""
    if request is None:
        return None
    content = sha256(row.content.encode()).hexdigest()
    return Request(caller=f"{request.caller}#bulk", key=f"{request.key}#{content}", body_hash=content)


def _refusal(number: int, refusal: EContractingError) -> BulkRow:
    errors = refusal.facts.get("errors") or [_error("", refusal.code, refusal.detail)]
    return BulkRow(
        row=number,
        outcome=RowOutcome.REFUSED,
        packet_id=refusal.facts.get("packet_id"),
        errors=[RemarkView(**one) for one in errors],
    )


def _rejections(error: ValidationError) -> list[RemarkView]:
    return [
        _remark(".".join(map(str, one["loc"])), one["type"].replace("_", "-"), message_of(one))
        for one in error.errors(include_input=False, include_url=False)
    ]


def _remark(place: str, rule: str, message: str) -> RemarkView:
    return RemarkView(field=place, rule=rule, message=message)


def _error(place: str, rule: str, message: str) -> dict[str, str]:
    return {"field": place, "rule": rule, "message": message}


def _no_file(rule: str, message: str) -> InvalidRequest:
    return InvalidRequest(message, errors=[_error("file", rule, message)])
