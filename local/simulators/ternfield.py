"""Ternfield: orders of a bundle of searches, and signed notices that know an order by its number only."""

import time
import uuid
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.config import BACKGROUND_CHECK_KEY, BACKGROUND_CHECK_WEBHOOK_SECRET, Config
from local.simulators.papers import page
from local.simulators.screening import OUTAGE_CALLS, is_down, script_of
from local.simulators.server import Body, Refusal, Simulator
from local.simulators.signatures import TimedHexHmac
from local.simulators.store import Store

ORDER_MEMBERS = {"once", "your_ref", "bundle", "subject"}
SUBJECT_MEMBERS = {"name", "born_on", "tax_number", "home", "reach"}
BUNDLES = {"producer_standard": ("national", "county", "sanctions"), "harbor_basic": ("national",)}
TWO_DAYS = 2 * 86400
STAGES: dict[str, dict[str, Any]] = {
    "clear": {"stage": "REPORT_FILED"},
    "consider": {"stage": "REPORT_FILED"},
    "suspended": {"stage": "AWAITING_SUBJECT", "asks": ["TAX_NUMBER"]},
    "canceled": {"stage": "STRUCK"},
}


def application(config: Config) -> Starlette:
    url = config.url("portal") + "/api/webhooks/background-checks"
    store = Store(config.home / "simulators/ternfield.sqlite")
    sign = TimedHexHmac((BACKGROUND_CHECK_WEBHOOK_SECRET,))
    return Ternfield(Simulator(store, BACKGROUND_CHECK_KEY, url, sign)).application


class Ternfield:
    """The company's API."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator, self._store = simulator, simulator.store
        simulator.route("POST", "/2/orders", self._order)
        simulator.route("GET", "/2/orders/{number}", self._read)
        simulator.route("GET", "/2/orders/{number}/papers", self._papers)
        simulator.route("GET", "/2/papers/{paper}", self._paper)
        self.application = simulator.application()

    async def _order(self, request: Request) -> JSONResponse:
        asked: Body = await request.json()
        email = asked.get("subject", {}).get("reach", {}).get("mail", "")
        if is_down(email):
            self._simulator.outage(f"order {email}", calls=OUTAGE_CALLS)

        def create(body: Body) -> tuple[int, Body]:
            if ORDER_MEMBERS - body.keys() or SUBJECT_MEMBERS - body["subject"].keys():
                return 422, {"reason_codes": ["ORDER_INCOMPLETE"]}
            if body["bundle"] not in BUNDLES:
                return 422, {"reason_codes": ["BUNDLE_UNKNOWN"]}
            order = {
                "number": f"TF-{uuid.uuid4().int % 10**12:012d}",
                "your_ref": body["your_ref"],
                "bundle": body["bundle"],
                "stage": "LOGGED",
                "searches": [{"search": name, "outcome": None} for name in BUNDLES[body["bundle"]]],
                "asks": [],
                "due": _seconds() + TWO_DAYS,
            }
            self._store.put("order", order["number"], order)
            self._script(order, body["subject"])
            return 202, {"order": order}

        return await self._simulator.once(request, create, asked.get("once"))

    async def _read(self, request: Request) -> JSONResponse:
        return JSONResponse({"order": self._known(request.path_params["number"])})

    async def _papers(self, request: Request) -> JSONResponse:
        order = self._known(request.path_params["number"])
        kinds = ("INVOICE", "SUBJECT_COPY") if order["stage"] == "REPORT_FILED" else ()
        papers = [
            {"paper": f"{kind.lower()}.{order['number']}", "kind": kind, "issued": order["filed_at"]} for kind in kinds
        ]
        return JSONResponse({"papers": papers})

    async def _paper(self, request: Request) -> Response:
        kind, _, number = request.path_params["paper"].partition(".")
        order = self._known(number)
        lines = [f"{one['search']}: {one['outcome']}" for one in order["searches"]] if kind == "subject_copy" else []
        return Response(page(f"Ternfield order {number}", *lines), media_type="application/pdf")

    def _known(self, number: str) -> Body:
        order = self._store.get("order", number)
        if order is None:
            raise Refusal(404, "order not found")
        return order

    def _script(self, order: Body, subject: Body) -> None:
        """Plan what becomes of an order, and what is said about it when."""
        script = script_of(subject["reach"]["mail"], subject["tax_number"])
        if script is None:
            return
        outcome = STAGES[script.outcome]
        if outcome["stage"] == "REPORT_FILED":
            found = "RECORD_FOUND" if script.outcome == "consider" else "NOTHING_FOUND"
            *rest, last = order["searches"]
            searched = [*({**one, "outcome": "NOTHING_FOUND"} for one in rest), {**last, "outcome": found}]
            outcome = {**outcome, "searches": searched, "filed_at": _seconds() + int(script.after)}
        self._simulator.change("order", order["number"], script.after, **outcome)
        if not script.times:
            return
        logged, told = _notice(order["number"], "LOGGED"), _notice(order["number"], outcome["stage"])
        self._simulator.webhook(logged["notice"], logged, script.order_told_after)
        for _ in range(script.times):
            self._simulator.webhook(told["notice"], told, script.after)


def _notice(number: str, stage: str) -> Body:
    return {
        "notice": f"ntc_{uuid.uuid4().hex[:16]}",
        "topic": f"order.{stage.lower()}",
        "number": number,
        "at": _seconds(),
    }


def _seconds() -> int:
    return int(time.time())
