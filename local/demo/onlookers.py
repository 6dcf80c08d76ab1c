"""Who takes part in a packet's story, and what they can see of it while they wait."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import staff
from local.config import Config
from local.demo import cast
from local.demo.cast import Person
from local.demo.client import Agent, Connect, NotVerified, Staff, over_http, verify
from local.demo.postbox import LINK_SECRET, Mail, Postbox
from local.demo.timeline import Timeline

ROAD = (
    "INVITED", "IN_PROGRESS", "AWAITING_SIGNATURE", "SEALING", "SUBMITTED", "BACKGROUND_CHECK", "APPOINTING",
    "PROCESSED", "CERTIFICATION_OPEN", "ACTIVE",
)  # fmt: skip
# Generous: on a busy machine a function's first call alone takes many seconds. Nothing waits longer than it must.
PATIENCE, VENDOR_PATIENCE = 60.0, 240.0


@dataclass(frozen=True)
class Scene:
    """Where a story is played and how its people call the API; `restart` only where no one else is on the stack."""

    config: Config
    outputs: Mapping[str, str]
    restart: Callable[[], None] | None = None
    connect: Connect = over_http


class Onlookers:
    """An agent, the recruiter who invited them, a recruiter of another agency, and the contracting department."""

    def __init__(self, scene: Scene, person: Person, timeline: Timeline, folder: Path) -> None:
        self.scene, self.person, self.timeline, self.folder = scene, person, timeline, folder
        self.portal = scene.config.url("portal")
        self.recruiter = self._staff(staff.RECRUITER)
        self.stranger = self._staff(staff.OTHER_RECRUITER)
        self.contracting = self._staff(staff.CONTRACTING)
        self.agent = self.browser()
        self.postbox = Postbox(self.portal, person.email)
        self.packet_id = ""
        self.link = ""
        # What no one but this agent may ever hold in plain text.
        self.secrets = {
            "SSN": person.ssn,
            "birth date": cast.BIRTH_DATE,
            "birth date in ISO": cast.BIRTH_DATE_ISO,
            "password": cast.PASSWORD,
        }

    def _staff(self, user: staff.StaffUser) -> Staff:
        client_id = self.scene.outputs["StaffUserPoolClientId"]
        token = staff.sign_in(self.scene.config.url("emulator"), client_id, user)
        return Staff(self.portal, token, self.scene.connect)

    def browser(self) -> Agent:
        """A browser that no one is signed in with."""
        return Agent(self.portal, self.scene.connect)

    def colleague(self) -> Staff:
        """Someone else of the contracting department, where two have to agree."""
        return self._staff(staff.OTHER_CONTRACTING)

    def recall(self, earlier: "Onlookers") -> None:
        """Go on with the packet of another sitting: the agent still has the mail with the link."""
        self.packet_id = earlier.packet_id
        _, self.link = self.postbox.wait("the link", LINK_SECRET)

    def status(self) -> str:
        """Where the packet stands, as the agent sees it."""
        status: str = self.agent.get("/packet")["status"]
        return status

    def invitation(self) -> dict[str, Any]:
        """The packet as the recruiter sees it."""
        seen: dict[str, Any] = self.recruiter.get(f"/invitations/{self.packet_id}")
        return seen

    def ops(self) -> dict[str, Any]:
        """The packet as the contracting department sees it."""
        packet: dict[str, Any] = self.contracting.get(f"/packets/{self.packet_id}")
        return packet

    def messages(self) -> list[dict[str, Any]]:
        """The vendors' messages that wait for the contracting department."""
        waiting: list[dict[str, Any]] = self.contracting.get("/messages")["items"]
        return waiting

    def settle(self, message: Mapping[str, Any], act: str, note: str) -> None:
        """Have one of them applied or set aside."""
        self.contracting.call("POST", f"/messages/{message['message_id']}/{act}", {"note": note})

    def events(self) -> list[dict[str, Any]]:
        """The packet's audit trail, in order."""
        events: list[dict[str, Any]] = self.contracting.get(f"/packets/{self.packet_id}/events")["items"]
        return events

    def appointments(self) -> dict[str, str]:
        """State -> what became of the appointment there."""
        return {one["state"]: one["status"] for one in self.ops()["appointments"]}

    def wait_for(self, wanted: str, patience: float = PATIENCE) -> str:
        """Wait until the packet stands at `wanted`, or beyond it on the regular road; returns where it stands."""
        deadline = time.monotonic() + patience
        status = self.ops()["status"]
        while time.monotonic() < deadline:
            if status == wanted or (wanted in ROAD and status in ROAD and ROAD.index(status) >= ROAD.index(wanted)):
                return str(status)
            time.sleep(0.3)
            status = self.ops()["status"]
        raise NotVerified(f"the packet reaches {wanted} within {patience:.0f} s; it stands at {status}: {self._why()}")

    def wait_until(self, promise: str, holds: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Look again and again until something holds."""
        deadline = time.monotonic() + patience
        while not holds():
            verify(time.monotonic() < deadline, f"{promise} within {patience:.0f} s", self._why())
            time.sleep(0.3)

    def mail_about(self, what: str, pattern: re.Pattern[str], patience: float = PATIENCE) -> Mail:
        """The first mail whose subject matches."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for mail in self.postbox.mails():
                if pattern.search(mail.subject):
                    return mail
            time.sleep(0.3)
        raise NotVerified(f"the mail about {what} comes; there: {[mail.subject for mail in self.postbox.mails()]}")

    def keep_mails(self) -> None:
        """Leave the agent's mails among the papers."""
        folder = self.folder / "mails"
        folder.mkdir(exist_ok=True)
        for mail in self.postbox.mails():
            headers = "".join(f"{name}: {value}\n" for name, value in mail.headers.items())
            text = f"To: {', '.join(mail.to)}\nSubject: {mail.subject}\n{headers}\n{mail.text}\n"
            (folder / f"{mail.number:06}.txt").write_text(text)
            (folder / f"{mail.number:06}.html").write_text(mail.html)

    def _why(self) -> str:
        """What the contracting department knows about a packet that does not go on."""
        found = self.ops()
        last = [(event["at"], event["type"], event["data"]) for event in self.events()[-6:]]
        known = {"reason": found["review_reason"], "waiting": found["waiting_effects"], "events": last}
        return json.dumps(known, indent=2, default=str)
