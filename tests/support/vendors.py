"""Outside systems as the ports see them, in memory: answers are set by the test, calls are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

from econtracting import ports
from econtracting.adapters.clock import SystemClock
from econtracting.adapters.vendors.http import LONGEST_COPY
from econtracting.domain.appointing.appointments import License, Licenses, Line
from econtracting.domain.errors import InvalidRequest, TooLarge, Unavailable
from econtracting.domain.screening.background import Report, ScreeningResult, ScreeningStatus


@dataclass
class Screening:
    """A background-check vendor: one report per idempotency key."""

    reports: dict[str, Report] = field(default_factory=dict)
    orders: dict[str, ports.Candidate] = field(default_factory=dict)
    packages: list[str] = field(default_factory=list)
    copies: bytes = b"%PDF-1.7 a report"
    down: bool = False
    copies_down: bool = False
    most: int = LONGEST_COPY

    def order(self, candidate: ports.Candidate, package: str, idempotency_key: str) -> Report:
        if self.down:
            raise Unavailable()
        if idempotency_key not in self.orders:
            self.packages.append(package)
            self.orders[idempotency_key] = candidate
            identifier = f"rep_{len(self.orders):04d}"
            self.reports[identifier] = Report(identifier, candidate.reference, ScreeningStatus.PENDING, None, (), None)
        return next(one for one in self.reports.values() if one.reference == candidate.reference)

    def report(self, report_id: str) -> Report:
        if self.down:
            raise Unavailable()
        return self.reports[report_id]

    def copy(self, report_id: str, into: BinaryIO) -> None:
        if self.down or self.copies_down:
            raise Unavailable()
        if len(self.copies) > self.most:
            raise TooLarge(self.most)
        into.write(self.copies)

    def ends(self, reference: str, status: str, result: str | None = None, fields: tuple[str, ...] = ()) -> str:
        """Let a report come to an end; answers its id."""
        identifier = next(one.id for one in self.reports.values() if one.reference == reference)
        self.reports[identifier] = Report(
            identifier,
            reference,
            ScreeningStatus(status),
            ScreeningResult(result) if result else None,
            fields,
            None,
        )
        return identifier


@dataclass
class Registry:
    """A license registry that knows everyone, with an active health license everywhere but where told."""

    states: tuple[str, ...] = ("AL", "CO", "FL", "GA", "IA", "KY", "NY", "TN", "TX")
    without: set[str] = field(default_factory=set)
    unknown: bool = False
    disagrees: set[str] = field(default_factory=set)
    down: bool = False

    def licenses(self, npn: str) -> Licenses | None:
        if self.down:
            raise Unavailable()
        if self.unknown:
            return None
        held = tuple(
            License(
                state=state,
                number=f"{state}-1",
                residency="NON_RESIDENT",
                license_class="Producer",
                status="VALID",
                active=True,
                expires_on=date(2030, 1, 1),
                lines=(Line(code="16", name="Accident and Health", active=True),),
            )
            for state in self.states
            if state not in self.without
        )
        return Licenses(npn=npn, first_name="Dana", last_name="Rivers", as_of=SystemClock().now(), licenses=held)

    def identity(self, npn: str, person: Mapping[str, Any]) -> dict[str, bool]:
        if self.down:
            raise Unavailable()
        return {what: what not in self.disagrees for what in ("npn", "ssn", "birth_date", "name")}


@dataclass
class Gateway:
    """An appointment gateway: one transaction per idempotency key."""

    orders: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refuses: dict[str, list[str]] = field(default_factory=dict)  # state -> reason codes
    down: bool = False

    def appoint(self, order: Mapping[str, Any], idempotency_key: str) -> str:
        if self.down:
            raise Unavailable()
        if order["state"] in self.refuses:
            raise InvalidRequest("refused", reasons=self.refuses[order["state"]])
        self.orders.setdefault(idempotency_key, order)
        return f"txn-{order['state']}"


@dataclass
class CertificationSite:
    feeds: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    down: bool = False

    def feed(self, producer: Mapping[str, Any], idempotency_key: str) -> None:
        if self.down:
            raise Unavailable()
        self.feeds.setdefault(idempotency_key, producer)


@dataclass
class Post:
    """A mail service that keeps what it was given."""

    sent: list[dict[str, str]] = field(default_factory=list)
    down: bool = False

    def send(self, *, to: str, subject: str, html: str, text: str, reference: str, stop: str = "") -> str:
        if self.down:
            raise Unavailable()
        mail = {"to": to, "subject": subject, "html": html, "text": text, "reference": reference}
        self.sent.append(mail | ({"stop": stop} if stop else {}))
        return f"mail-{len(self.sent)}"


@dataclass
class Outside:
    """The whole outside world."""

    screening: Screening = field(default_factory=Screening)
    registry: Registry = field(default_factory=Registry)
    gateway: Gateway = field(default_factory=Gateway)
    site: CertificationSite = field(default_factory=CertificationSite)
    post: Post = field(default_factory=Post)
