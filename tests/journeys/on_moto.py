"""The stories' other stage: the same people over the same HTTP, but what answers them is the product on moto.

Requests to the portal's address never leave the process: they become the events that API Gateway would make of them.
Whenever someone asks for something, the world has had a turn: the sweep has run, and the vendors have answered what
they were asked. moto's own executor runs the state machines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from moto import mock_aws

from econtracting import wiring
from local import staff
from local.demo.onlookers import Scene
from tests.support import atomic, journey
from tests.support.world import Context, World, build

HOST = "portal.moto.test"
PACE = 20.0  # seconds a day of the machines' waits takes: no story waits for one to end, however slow the machine
COURSES = ("medicare-basics", "plan-products")

atomic.install()


class Stage:
    """The portal, the inbox and the vendors, as the stories meet them."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.outside.registry.states += ("KS",)
        self._answered: set[str] = set()

    def handle(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == HOST, f"a story asked {request.url}"
        self.world.clock.pass_(seconds=1)
        self._turn()
        if request.url.path == "/inbox.json":
            return httpx.Response(200, json=self._mails(request.url.params["to"]), request=request)
        headers = {name.title(): value for name, value in request.headers.items()}
        cookie = re.search(r"__Host-session=([^;]*)", headers.pop("Cookie", ""))
        self.world.cookie = cookie[1] if cookie else None
        answer = self.world.call(
            request.method,
            request.url.path.removeprefix("/api"),
            request.read(),
            staff=STAFF.get(headers.get("Authorization", "")),
            headers={"X-Requested-With": "", **headers},
            query=dict(request.url.params) or None,
        )
        pairs = [(name, value) for name, values in answer.headers.items() for value in values]
        return httpx.Response(answer.status, headers=pairs, content=answer.body, request=request)

    def _mails(self, address: str) -> list[dict[str, Any]]:
        return [
            {
                "number": number,
                "to": [mail["to"]],
                "subject": mail["subject"],
                "text": mail["text"],
                "html": mail["html"],
                "headers": {"reference": mail["reference"]},
            }
            for number, mail in enumerate(self.world.outside.post.sent, 1)
            if mail["to"] == address
        ]

    def _turn(self) -> None:
        from process import relay

        relay.sweep({}, Context())
        outside = self.world.outside
        for report in list(outside.screening.reports.values()):
            self._once(report.reference, self._screen)
        for order in list(outside.gateway.orders.values()):
            self._once(order["external_ref"], self._appoint)
        for feed in list(outside.site.feeds.values()):
            self._once(feed["external_ref"], self._certify)

    def _once(self, reference: str, answer: Callable[[str], None]) -> None:
        if reference not in self._answered:
            self._answered.add(reference)
            answer(reference)

    def _screen(self, reference: str) -> None:
        """What the bureau finds is chosen by the same tags as on the local stack (local/README.md)."""
        candidate = next(one for one in self.world.outside.screening.orders.values() if one.reference == reference)
        packet_id, attempt = reference.rsplit("-", 1)
        status, result, fields = "complete", "clear", ()
        if "+consider" in candidate.email:
            result = "consider"
        elif "+suspended" in candidate.email and not candidate.ssn.endswith("4321"):
            status, result, fields = "suspended", None, ("ssn",)
        journey.background_webhook(self.world, packet_id, int(attempt), status, result)
        self.world.outside.screening.ends(reference, status, result, fields)

    def _appoint(self, reference: str) -> None:
        packet_id, state = reference.rsplit("-", 1)
        journey.appointment_webhook(self.world, packet_id, state)

    def _certify(self, packet_id: str) -> None:
        npn = next(one["npn"] for one in self.world.outside.site.feeds.values() if one["external_ref"] == packet_id)
        journey.certification_webhook(self.world, packet_id, "producer.loaded", npn=npn)
        for course in COURSES:
            told = {"npn": npn, "course": course, "plan_year": 2027, "score": 95}
            journey.certification_webhook(self.world, packet_id, "course.completed", **told)


STAFF = {
    f"Bearer {user.email}": {
        "kind": "staff",
        "subject": user.email,
        "email": user.email,
        "groups": user.group,
        "agency_id": user.agency_id or "",
    }
    for user in (staff.RECRUITER, staff.OTHER_RECRUITER, staff.CONTRACTING)
}


@contextmanager
def scene() -> Iterator[Scene]:
    config: Any = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
    with mock_aws(config=config), pytest.MonkeyPatch.context() as patch:
        world = build(patch)
        patch.setenv("ADVERSE_DAY_SECONDS", "1")  # as on the local stack: no one waits a week for a notice
        wiring.forget()
        world.pace.seconds_per_day = PACE
        stage = Stage(world)
        patch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: stage.handle(request))
        patch.setattr(staff, "sign_in", lambda _, __, user: user.email)
        addresses: Any = SimpleNamespace(url=lambda name: f"https://{HOST if name == 'portal' else name}")
        yield Scene(addresses, {"StaffUserPoolClientId": "client"})
        world.stop()
