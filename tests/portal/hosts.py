"""Where a visitor's packet lives: on a local stack, or in a world of
tests/support/world.py whose time the test moves."""

from __future__ import annotations

import uuid
from typing import Protocol

from local import staff
from local.config import Config
from local.demo.cast import Person
from local.demo.client import Staff
from local.demo.postbox import LINK_SECRET, TEMPORARY_PASSWORD, Postbox
from tests.portal.served_world import ServedWorld
from tests.support import journey
from tests.support.world import World


class Host(Protocol):
    """`full_name` is the agent's as invited; `paid_directly` tells whether the deposit is asked about."""

    url: str
    full_name: str
    paid_directly: bool

    def invite(self) -> str:
        """Invite someone and return the link in their mail."""

    def ask_for_password(self) -> None:
        """Called before a password is asked for."""

    def temporary_password(self) -> str:
        """The one of the newest mail since it was asked for."""


class StackHost:
    """Someone new on a local stack; `tags` in the address choose what the vendors do (local/README.md)."""

    def __init__(self, stack: tuple[Config, dict[str, str]], *tags: str, level: str = "5") -> None:
        self.config, self._outputs = stack
        self.url = self.config.url("portal")
        mark = "".join(("dana.", uuid.uuid4().hex[:10]))
        number = str(10_000_000 + uuid.uuid4().int % 80_000_000)
        address = f"{mark}{'+' if tags else ''}{'.'.join(tags)}@example.com"
        self.person = Person(address, number, ("KS", "TN"), level)
        self.full_name, self.paid_directly = self.person.full_name, level == "5"
        self.postbox = Postbox(self.url, address)
        self.packet_id, self.link = "", ""
        self._before = 0

    def invite(self) -> str:
        token = staff.sign_in(self.config.url("emulator"), self._outputs["StaffUserPoolClientId"], staff.RECRUITER)
        self.packet_id = Staff(self.url, token).create("/invitations", self.person.invitation())["packet_id"]
        _, secret = self.postbox.wait("the link", LINK_SECRET)
        self.link = f"{self.url}/#/invitation/{secret}"
        return self.link

    def ask_for_password(self) -> None:
        self._before = self.postbox.last()

    def temporary_password(self) -> str:
        return self.postbox.wait("the temporary password", TEMPORARY_PASSWORD, after=self._before)[1]


class WorldHost:
    """The packet of a served world, as it stood when it was invited."""

    full_name, paid_directly = "Dana Lee Rivers", False

    def __init__(self, world: ServedWorld) -> None:
        self.world, self.url = world, world.url

    def invite(self) -> str:
        self.world.at("invited")
        return self.world.link

    def ask_for_password(self) -> None:
        """Nothing is delivered before it is fetched."""

    def temporary_password(self) -> str:
        return str(self.world.do(delivered_password))


def delivered_password(world: World) -> str:
    world.settle()
    return journey.temporary_password(world)
