"""What the use cases need from the world. Adapters fulfill these; wiring chooses them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol, TypeVar

from econtracting.domain.access.access import AttemptRule
from econtracting.domain.appointing.appointments import Licenses
from econtracting.domain.audit import ChainedEvent, Event
from econtracting.domain.breaker import Breaker, Vendor
from econtracting.domain.callers import Request
from econtracting.domain.days import Here
from econtracting.domain.messages import QueuedMessage, Received
from econtracting.domain.outbox import Bus, Effect
from econtracting.domain.packet import AgencyRow, Listed, Packet, QueueRow
from econtracting.domain.record import Record
from econtracting.domain.screening.background import Report, ScreeningNews
from econtracting.domain.sealed import SealedAnswers
from econtracting.domain.signing.completion import SealFacts
from econtracting.domain.signing.documents import Mark, RenderedDocument, SealedDocument
from econtracting.domain.signing.preparation import Prepared

if TYPE_CHECKING:
    from econtracting.domain.packet_type import PacketType

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Change:
    """All that one commit writes: the packet as it stands afterward, and everything that is true together with it.

    `puts` replace or create; `claims` must not exist yet; `drops` are deleted. `answer`, a view or plain JSON, is kept
    for a repeated request.
    """

    packet: Packet
    events: Sequence[Event] = ()
    effects: Sequence[Effect] = ()
    puts: Sequence[Record] = ()
    claims: Sequence[Record] = ()
    drops: Sequence[Record] = ()
    answer: Any = None


@dataclass(frozen=True)
class Committed:
    """What a commit led to; `repeated` tells an answer given before, or a change that was not needed."""

    packet: Packet
    answer: Any = None
    repeated: bool = field(default=False)


Decide = Callable[[Packet], Change | None]
PacketTypes = Callable[[str], "PacketType"]  # by name; raises LookupError


class Page[L: Listed](NamedTuple):
    packets: list[L]
    cursor: str | None


class Packets(Protocol):
    """The one store. Every read that decides is consistent; every write of a packet is one versioned transaction."""

    def load(self, packet_id: str) -> Packet:
        """Raises PacketNotFound."""
        ...

    def find(self, kind: type[R], *ids: str) -> R | None: ...

    def all_of(self, kind: type[R], packet_id: str) -> list[R]: ...

    def events(self, packet_id: str) -> list[ChainedEvent]: ...

    def answered(self, request: Request | None) -> Committed | None:
        """What the request was answered before, if it was. Raises IdempotencyKeyReused."""
        ...

    def begin(self, request: Request) -> None:
        """Take the key for a request that is answered in many commits. Raises IdempotencyKeyReused."""
        ...

    def create(self, change: Change, request: Request | None = None) -> Committed:
        """Raises AlreadyExists (facts: the claim's record) if a claim is taken, IdempotencyKeyReused."""
        ...

    def change(self, packet_id: str, decide: Decide, request: Request | None = None) -> Committed:
        """Load, decide, commit; decide again when someone committed in between. A decision of None writes nothing.

        A request that was answered, be it while this one decided or because of what it refuses now, gets that answer.
        Raises what `decide` raises, PacketNotFound, IdempotencyKeyReused, Unavailable when writers keep meeting.
        """
        ...

    def heads(self, packet_ids: Sequence[str]) -> list[Packet]:
        """These packets in this order, read together; one that is not there is left out."""
        ...

    def by_agency(self, agency_id: str, status: str | None, cursor: str | None, limit: int) -> Page[AgencyRow]: ...

    def by_status(self, status: str, cursor: str | None, limit: int) -> Page[QueueRow]: ...

    def with_late_news(self, cursor: str | None, limit: int) -> Page[Packet]:
        """Packets of which news wait for a person, those that wait longest first within each shard."""
        ...

    def in_trouble(self, cursor: str | None, limit: int) -> Page[Packet]:
        """Packets with something that does not get done by itself, in whatever status."""
        ...

    def refresh(self, record: Record) -> None:
        """Overwrite a record outside any transaction (a session's last-seen time); one that is gone stays gone."""
        ...

    def drop(self, record: Record) -> None: ...

    def sessions_of(self, packet_id: str) -> list[str]:
        """Fingerprints of the packet's sessions."""
        ...


class PassedOver(NamedTuple):
    """How often something was passed over in a row, and since when it was to be done."""

    times: int
    since: datetime


class Outbox(Protocol):
    """The ledger of outward effects."""

    def claim(self, packet_id: str, effect_id: str, now: datetime, lease: timedelta) -> Effect | None:
        """Take an effect for `lease`; None if it is done, held by another, or not due."""
        ...

    def done(self, effect: Effect, now: datetime) -> None: ...

    def failed(self, effect: Effect, retry_at: datetime, failure: str) -> None:
        """Give a claimed effect back until it is tried again; nothing if another has claimed it since."""
        ...

    def paused(self, effect: Effect, until: datetime, failure: str) -> None:
        """Not tried at all: it waits, and this claim does not count as an attempt."""
        ...

    def push(self, effect: Effect, now: datetime) -> bool:
        """Let an effect that waits for its next try be tried now; False if it is done, or someone performs it."""
        ...

    def later(self, effect: Effect, at: datetime) -> None:
        """Let an effect that was done come again: the next ring of a timer."""
        ...

    def due(self, now: datetime, limit: int) -> Iterable[tuple[str, str | None]]:
        """(packet id, effect id or None for the packet itself) of what has been due longest, shard by shard in turn.

        At most `limit` of each shard.
        """
        ...

    def pass_over(self, packet_id: str, effect_id: str | None, now: datetime, base: timedelta) -> PassedOver | None:
        """Let what cannot even be attended come again later, with pauses that double from `base`.

        Works without understanding the record. None if it has moved meanwhile.
        """
        ...


class Census(Protocol):
    """Figures over all packets, from indexes; none of them decides anything."""

    def packets(self, status: str, before: datetime | None) -> int:
        """How many stand in the status, or only those that came into it before a time."""
        ...

    def oldest(self, status: str) -> datetime | None:
        """When the packet that stands there longest came into the status."""
        ...

    def entered(self, status: str, since: datetime, until: datetime) -> list[QueueRow]:
        """Packets that stand in the status since a time in [since, until)."""
        ...

    def messages(self, status: str) -> int:
        """How many of the vendors' messages stand so in the queue."""
        ...

    def in_trouble(self) -> int:
        """How many packets have something that does not get done by itself, in whatever status."""
        ...

    def oldest_due(self, now: datetime) -> datetime | None:
        """When the timer or effect that waits longest was first to be done; None if none waits.

        One that failed waits on, whenever it is tried next.
        """
        ...


class Limits(Protocol):
    def hit(self, name: str, *, window: timedelta, limit: int, now: datetime) -> None:
        """Count one attempt. Raises TooManyAttempts once `limit` is passed within `window`."""
        ...


class Attempts(Protocol):
    """Tries at a secret, each counted before its outcome is known, so that racing tries cannot slip through."""

    def begin(self, name: str, rule: AttemptRule, now: datetime) -> int:
        """Reserve the next try; returns which one it is. Raises TooManyAttempts while a pause lasts."""
        ...

    def succeeded(self, name: str) -> None:
        """Forget the tries before."""
        ...


class Breakers(Protocol):
    """The circuit breakers of outside systems, shared by everyone who calls them."""

    def look(self, vendor: Vendor) -> Breaker: ...

    def change(self, vendor: Vendor, decide: Callable[[Breaker], Breaker]) -> Breaker:
        """Read, decide, write; decide again when someone wrote in between. Raises what `decide` raises, Unavailable.

        What `decide` leaves as it is is not written.
        """
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class Ids(Protocol):
    def packet(self) -> str: ...

    def secret(self) -> str:
        """256 random bits, URL-safe."""
        ...

    def temporary_password(self) -> str: ...

    def access_code(self) -> str: ...

    def signature(self) -> str: ...

    def attachment(self) -> str: ...


class LinkSecrets(Protocol):
    def secret(self, packet_id: str, generation: int) -> str:
        """The invitation's secret: derived with a KMS key, so it is stored nowhere and a resend mails the same link."""
        ...


class Passwords(Protocol):
    def hash(self, password: str) -> str: ...

    def matches(self, password: str, hashed: str | None) -> bool:
        """Constant work: a missing hash costs as much as a wrong password."""
        ...

    def outdated(self, hashed: str) -> bool:
        """Whether today's parameters ask for a new hash at the next log-in."""
        ...


class StaffMember(NamedTuple):
    """Who a staff token names."""

    subject: str
    email: str
    groups: frozenset[str]
    agency_id: str
    username: str = ""  # by which the user pool names the account
    name: str = ""
    phone: str = ""


class StaffDirectory(Protocol):
    def groups(self, username: str) -> frozenset[str]:
        """The groups of an account as they stand now; none for one that is disabled or gone. Raises Unavailable."""
        ...


class StaffTokens(Protocol):
    def verify(self, token: str) -> StaffMember:
        """Raises NotSignedIn, whatever is wrong with the token; Unavailable."""
        ...


class Envelope(Protocol):
    """Envelope encryption bound to (packet, purpose, version): wrong context, no plaintext."""

    def seal(self, packet_id: str, purpose: str, version: int, plain: Mapping[str, Any]) -> SealedAnswers: ...

    def seal_apart(
        self, packet_id: str, purpose: str, version: int, plain: Mapping[str, Any]
    ) -> dict[str, SealedAnswers]:
        """Each member by itself, under one data key."""
        ...

    def open(self, packet_id: str, purpose: str, version: int, *sealed: SealedAnswers) -> dict[str, Any]:
        """The members of all that is given, which was sealed in the same context."""
        ...


class StoredObject(NamedTuple):
    key: str
    version: str | None


class DocumentStore(Protocol):
    """Write-once storage of documents, addressed by content (or, for sealed ones, by what went into the seal)."""

    def keep(self, key: str, content: bytes | BinaryIO, content_type: str = "application/pdf") -> StoredObject:
        """Store; if the key is taken the first writer's object stands. A file is read from its beginning, part by part.

        Raises Unavailable.
        """
        ...

    def read(self, key: str, version: str | None = None) -> bytes: ...

    def link(self, place: StoredObject, name: str, life: timedelta) -> str:
        """An address at which a browser gets the object itself, for so long, as a file of that name."""
        ...

    def erase(self, prefix: str) -> None:
        """Delete every version of every object whose key begins with `prefix`; repeating it is harmless.

        Raises Unavailable while one of them cannot be deleted.
        """
        ...

    def names(self, prefix: str, after: str = "") -> Sequence[str]:
        """Every key that begins with `prefix` and comes after `after`, in order."""
        ...


class UploadTarget(NamedTuple):
    """Where a browser sends a file: an HTML form's action and the fields that go before the file."""

    url: str
    fields: dict[str, str]


class Uploads(Protocol):
    """Storage of what agents upload, first in quarantine, then beside the packet."""

    def target(self, key: str, content_type: str, size: int, life: timedelta) -> UploadTarget:
        """A target that takes exactly this type and size, at this key, for so long."""
        ...

    def read(self, key: str, limit: int) -> bytes:
        """At most `limit` bytes. Raises NotFound, Unavailable."""
        ...

    def keep(self, key: str, content: bytes, content_type: str) -> None:
        """Store what was looked at; a key that is taken holds the same already. Raises Unavailable."""
        ...

    def remove(self, key: str) -> None:
        """What is gone already is success. Raises Unavailable."""
        ...


class Scanner(Protocol):
    def scan(self, key: str, content: bytes, content_type: str) -> None:
        """What was uploaded under `key`. Raises Refusal for content no one should open; Unavailable while it cannot
        tell."""
        ...


class Renderer(Protocol):
    def render(
        self, packet_type: str, template: str, facts: Mapping[str, Any], frozen_at: datetime
    ) -> RenderedDocument: ...


class Seal(Protocol):
    def identity(self) -> SealFacts:
        """The level, the key and its certificate, as the certificate of completion tells them."""
        ...

    def seal(
        self, content: bytes, marks: Sequence[Mark], *, document_id: str, title: str, at: datetime
    ) -> SealedDocument:
        """Raises SealRefused, Unavailable."""
        ...

    def sign(self, statement: bytes) -> bytes:
        """A signature of the sealing key over a short statement. Raises SealRefused, Unavailable."""
        ...

    def stamp(self, content: bytes) -> bytes:
        """A sealed document with an independent authority's time over all of it. Raises TimestampUnavailable."""
        ...

    def certificate(self) -> bytes:
        """The sealing key's certificate with its chain, PEM."""
        ...


class Drawing(NamedTuple):
    """A signature's picture as it was made again: a PNG with its size in pixels."""

    png: bytes
    width: int
    height: int


class SignaturePictures(Protocol):
    """Draws signatures and looks at the images of them, where whatever such an image does can do no harm."""

    def redraw(self, image: bytes) -> Drawing:
        """An uploaded image, decoded and written again. Raises InvalidRequest for no honest image, Unavailable."""
        ...

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]]) -> Drawing:
        """Strokes of a pen on a pad, as a picture. Raises InvalidRequest, Unavailable."""
        ...

    def preview(self, marks: Sequence[Mark]) -> bytes:
        """A PNG of marks exactly as the documents will show them. Raises Unavailable."""
        ...


class BoundDocument(NamedTuple):
    """A sealed document on its way into a bound volume."""

    file_name: str
    title: str
    content: bytes


class Stamping(Protocol):
    """Adds the timestamps a packet still lacks, where the sealing key and the authorities are."""

    def stamp(self, packet_id: str) -> None:
        """Raises Unavailable."""
        ...


class Signer(Protocol):
    """The sealing key, for statements."""

    def certificate_sha256(self) -> str:
        """Whose key it is: the fingerprint of the sealing certificate, lower-case hex."""
        ...

    def sign(self, statement: bytes) -> bytes:
        """A DER signature (ECDSA P-256, SHA-256). Raises SealRefused, Unavailable."""
        ...


class Trail(NamedTuple):
    """Where a packet's audit trail stands: its last event and that one's hash."""

    packet_id: str
    seq: int
    head: str


class Trails(Protocol):
    """The audit trails of all packets, in a fixed number of shards."""

    def standing(self, shard: int, also: Iterable[str]) -> list[Trail]:
        """Every packet of a shard once, by its id; `also` names packets of the shard that are known before."""
        ...


class HeadSigning(Protocol):
    """Has heads of audit trails signed, where the sealing key is."""

    def milestone(self, packet_id: str, seq: int) -> None:
        """Sign the trail up to an event, once. Raises Unavailable."""
        ...

    def export(self, trail: Trail, manifest: str, daily: tuple[date, str] | None) -> bytes | None:
        """A signed statement about a package: the trail in it, its manifest's SHA-256, the daily head it carries.

        None where the trail contradicts what was signed before. Raises Unavailable.
        """
        ...


class Binder(Protocol):
    def bind(self, documents: Sequence[BoundDocument], *, title: str) -> bytes:
        """One PDF with all pages in order, a bookmark for each document, and each document attached as sealed."""
        ...


class Preparation(Protocol):
    """Renders a packet's documents where the rendering library and the right to decrypt are."""

    def prepare(self, packet_id: str, generation: int, frozen_at: datetime, here: Here) -> Prepared:
        """`here` is where the agent is who confirms. Raises Unavailable."""
        ...

    def reseal(self, packet_id: str) -> None:
        """Seal those answers again that an earlier release sealed together. Raises Unavailable."""
        ...


class Mailer(Protocol):
    def send(self, *, to: str, subject: str, html: str, text: str, reference: str) -> str:
        """Hand a mail to the mail service; returns its message id. Raises Unavailable."""
        ...


class Workflow(Protocol):
    def start(self, name: str, references: Mapping[str, Any]) -> None:
        """Start an execution with references only as its input; one that exists already is success."""
        ...

    def running(self, name: str) -> bool: ...

    def wake(self, token: str, output: Mapping[str, Any]) -> None:
        """Resume a sleeping execution; a token already spent, timed out or unknown means it is done."""
        ...


class Events(Protocol):
    def publish(self, bus: Bus, detail_type: str, detail: Mapping[str, Any]) -> None: ...


class Candidate(NamedTuple):
    """Who is to be screened; the only value outside the interview that carries the SSN in the clear."""

    reference: str
    first_name: str
    middle_name: str | None
    last_name: str
    email: str
    phone: str | None
    birth_date: str
    ssn: str
    postal_code: str


class BackgroundChecks(Protocol):
    def order(self, candidate: Candidate, package: str, idempotency_key: str) -> Report:
        """Order a package of the company's. Raises Unavailable on an outage and on an answer that is not understood."""
        ...

    def report(self, report_id: str) -> Report: ...

    def copy(self, report_id: str, into: BinaryIO) -> None:
        """Write the report as its subject may read it, a PDF, into an empty file, part by part.

        Raises Unavailable, and TooLarge for one that is longer than is kept.
        """
        ...


class ScreeningMessages(Protocol):
    """Messages of the screening company, as they came."""

    def verify(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> None:
        """Raises BadSignature."""
        ...

    def read(self, raw: bytes) -> ScreeningNews | None:
        """None for what is known to concern no packet. Raises InvalidRequest for what is not understood."""
        ...


class QueuePage(NamedTuple):
    messages: list[QueuedMessage]
    cursor: str | None


class Messages(Protocol):
    """The queue of vendors' messages, for those that belong to no packet; the others change with their packet."""

    def keep(self, received: Received, waiting: QueuedMessage | None, effects: Sequence[Effect]) -> None:
        """Write a message, its row if a person has to look at it, and what looks after it.

        One that was received before stays as it is.
        """
        ...

    def settle(self, before: QueuedMessage, after: QueuedMessage) -> None:
        """Put `after` in the place of `before`. Raises AlreadyExists if someone was faster."""
        ...

    def page(self, status: str, cursor: str | None, limit: int) -> QueuePage:
        """Messages that stand so, oldest first. Raises InvalidRequest for a cursor of another list."""
        ...


class LicenseRegistry(Protocol):
    def licenses(self, npn: str) -> Licenses | None:
        """None if the registry does not know the NPN. Raises Unavailable."""
        ...

    def identity(self, npn: str, person: Mapping[str, Any]) -> dict[str, bool]:
        """Which of npn, ssn, birth_date and name agree. Raises Unavailable."""
        ...


class AppointmentGateway(Protocol):
    def appoint(self, order: Mapping[str, Any], idempotency_key: str) -> str:
        """File an appointment; returns the gateway's transaction id. Raises InvalidRequest (refused), Unavailable."""
        ...


class CertificationSite(Protocol):
    def feed(self, producer: Mapping[str, Any], idempotency_key: str) -> None:
        """Raises Unavailable."""
        ...
