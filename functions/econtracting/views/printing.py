"""What a sealed packet hands out."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from econtracting.domain.signing.documents import Mode, SealLevel
from econtracting.domain.signing.signing import StampState
from econtracting.views.base import Told, View


class PrintRowView(View):
    """A sealed document, in packet order."""

    document_id: str
    title: Told
    mode: Mode
    pages: int
    sha256: str = Field(description="SHA-256 of the sealed file, lower-case hex")
    sealed_at: datetime | None
    seal_level: SealLevel | None = Field(description="PAdES level of the seal")
    stamp: StampState | None = Field(description="Of a document whose time is added after its seal; otherwise null")
    instructions: Told | None = Field(description="What to do with a form that is completed on paper; otherwise null")
    view: str = Field(description="Path of the sealed file")
