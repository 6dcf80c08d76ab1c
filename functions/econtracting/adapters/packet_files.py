"""Where the packet types lie in the deployed artifact, and what is read from there as it stands."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from econtracting.domain.signing.documents import PacketDocuments, SignatureStyle, parse_documents

PACKET_TYPES = Path(__file__).parents[1] / "packet_types"
SHARED = PACKET_TYPES / "shared"


@cache
def documents_of(packet_type: str, root: Path = PACKET_TYPES) -> PacketDocuments:
    """The documents of a packet type; FileNotFoundError when there is no such packet type."""
    return parse_documents((root / packet_type / "documents.json").read_bytes())


@cache
def signature_styles() -> tuple[SignatureStyle, ...]:
    """The typefaces a signature can be adopted in; the first one is the default."""
    rows = json.loads((SHARED / "signature-styles.json").read_bytes())
    return tuple(SignatureStyle.model_validate(row) for row in rows)
