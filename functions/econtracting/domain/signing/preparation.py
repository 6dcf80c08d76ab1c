"""The calls to the functions that have the documents layer: what is asked of them, and what they answer.

Both sides share these models. They travel as JSON between functions, perhaps of two releases, and are never stored.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from econtracting.domain.days import Here
from econtracting.domain.moment import Moment
from econtracting.domain.packet import AccessCode, Status
from econtracting.domain.record import Record
from econtracting.domain.signing.documents import FieldBox, Mode


class PrepareTask(Record):
    """Render a packet's documents from its answers: for this generation, as of this moment and place."""

    packet_id: str
    generation: int
    frozen_at: Moment
    here: Here | None = None


class ResealTask(Record):
    """Seal those answers of a packet again that an earlier release sealed together."""

    task: Literal["reseal"] = "reseal"
    packet_id: str


class Resealed(Record):
    """How many sections that changed."""

    sections: int


class KeptDocument(Record):
    """A signed document that a correction does not touch: it stays as it is."""

    code: str
    kept: Literal[True] = True


class PreparedDocument(Record):
    """A document as it was rendered and stored. `version` is the bucket's version id, `size` counts bytes."""

    code: str
    title: str
    mode: Mode
    act: str
    statement: str | None
    sha256: str
    size: int
    pages: int
    fields: tuple[FieldBox, ...]
    version: str | None


class Prepared(Record):
    """A packet's documents in packet order, from the answers of `packet_version`.

    `removed_attachments` are paths of answers that name a removed upload; if there are any, nothing was rendered.
    `access_code` is there for the first documents of a packet only.
    """

    packet_version: int
    removed_attachments: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    documents: tuple[KeptDocument | PreparedDocument, ...] = ()
    access_code: AccessCode | None = None


class SealTask(Record):
    """Seal what is signed: a step of the onboarding workflow, of the execution `attempt`.

    An execution keeps the definition it was started with, so what another release sent along is no error.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    packet_id: str
    attempt: int


class Sealed(Record):
    """Where the packet stands now."""

    status: Status


class StampTask(Record):
    """Add the timestamps that a sealed packet lacks."""

    task: Literal["stamp"] = "stamp"
    packet_id: str


class Stamped(Record):
    """How many documents got their timestamp."""

    stamped: int
