"""Every mail the stack sent, kept as one JSON file each: the emulator forgets its own list when it restarts."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# An address in running text: up to the next blank, quote or bracket, without the full stop of its sentence.
LINK = re.compile(r"https?://[^\s<>\"')\]]*[^\s<>\"')\].,;]")


@dataclass(frozen=True)
class Mail:
    """One accepted mail; `number` counts from 1 in the order of acceptance."""

    number: int
    accepted_at: str
    message_id: str
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)

    def links(self) -> list[str]:
        """The addresses a reader could follow, as they stand in the text."""
        return LINK.findall(self.text)


def from_ses(number: int, message_id: str, request: Mapping[str, Any]) -> Mail:
    """Read a mail from the SES v2 SendEmail request that was accepted under this message id."""
    content = request["Content"]["Simple"]
    body = content["Body"]
    return Mail(
        number=number,
        accepted_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        message_id=message_id,
        sender=request.get("FromEmailAddress", ""),
        to=list(request.get("Destination", {}).get("ToAddresses", [])),
        subject=content["Subject"]["Data"],
        text=body.get("Text", {}).get("Data", ""),
        html=body.get("Html", {}).get("Data", ""),
        headers={header["Name"]: header["Value"] for header in content.get("Headers", [])},
    )


class MailStore:
    """A folder of numbered mails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, message_id: str, request: Mapping[str, Any]) -> Mail:
        """Store a mail durably under the next free number."""
        mail = from_ses(self._last() + 1, message_id, request)
        unfinished = self._folder / f".{mail.number:06}"
        with unfinished.open("w") as file:
            json.dump(asdict(mail), file, ensure_ascii=False, indent=2)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._path(mail.number))
        return mail

    def all(self) -> list[Mail]:
        """Every mail, oldest first."""
        return [Mail(**json.loads(path.read_text())) for path in sorted(self._folder.glob("*.json"))]

    def get(self, number: int) -> Mail | None:
        path = self._path(number)
        return Mail(**json.loads(path.read_text())) if path.exists() else None

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.json"

    def _last(self) -> int:
        return max((int(path.stem) for path in self._folder.glob("*.json")), default=0)
