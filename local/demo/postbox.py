"""A person's mailbox, read at the stack's inbox."""

import re
import time
from dataclasses import dataclass
from typing import Any

import httpx

from local.demo.client import NotVerified

LINK_SECRET = re.compile(r"/#/invitation/([A-Za-z0-9_-]+)")
# A temporary password stands alone on its line, in an alphabet without look-alikes.
TEMPORARY_PASSWORD = re.compile(r"(?m)^\s*([2-9A-HJ-NP-Za-km-z]{16})\s*$")


@dataclass(frozen=True)
class Mail:
    """A mail as it was received."""

    number: int
    to: list[str]
    subject: str
    text: str
    html: str
    headers: dict[str, str]


class Postbox:
    """The mails of one address, in order of arrival."""

    def __init__(self, portal: str, address: str) -> None:
        self._url, self._address = f"{portal}/inbox.json", address

    def mails(self) -> list[Mail]:
        found = httpx.get(self._url, params={"to": self._address}, timeout=30).json()
        names = Mail.__dataclass_fields__
        return [Mail(**{name: mail[name] for name in names}) for mail in found]

    def wait(self, what: str, pattern: re.Pattern[str], patience: float = 60, after: int = 0) -> tuple[Mail, str]:
        """The first mail with a number above `after` whose text matches, and what the pattern's group found."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for mail in self.mails():
                if mail.number > after and (match := pattern.search(f"{mail.subject}\n{mail.text}")):
                    return mail, match[match.lastindex or 0]
            time.sleep(0.2)
        raise NotVerified(f"the mail with {what} to {self._address} did not come; there: {self._subjects()}")

    def last(self) -> int:
        """The number of the newest mail, 0 without any."""
        return max((mail.number for mail in self.mails()), default=0)

    def _subjects(self) -> list[Any]:
        return [(mail.number, mail.subject) for mail in self.mails()]
