"""Appointment gateway: accepts orders per state and reports later what each state decided.

The eighth digit of a special NPN chooses, and the last two where a state changes its mind; where only one state is
affected it is Kansas.
"""

import uuid
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from local.config import APPOINTMENT_GATEWAY_KEY, APPOINTMENT_WEBHOOK_SECRET, Config
from local.scripts import gateway_script, registry_script
from local.simulators.server import Body, Refusal, Simulator
from local.simulators.signatures import StandardWebhooks
from local.simulators.store import Store

# When a state decides, and how long after it later (or older) news comes.
DECISION_SECONDS, LATER_SECONDS = 1.0, 2.0
AFFECTED = "KS"
PENDING_FIRST, REJECTED, FREEZE, OUTAGE, DOWN, REPEATED, SILENT, MISSING_LICENSE, SYNTAX = range(1, 10)
AFTER_APPROVAL, AFTER_APPROVAL_SECONDS = 76, 6.0  # by the last two digits: approved, and rejected later
STATE_FEE_CENTS = 1500
REQUIRED = {"external_ref", "action", "producer", "company", "state", "license_class", "line_codes", "effective_date"}


def application(config: Config) -> Starlette:
    url = config.url("portal") + "/api/webhooks/appointments"
    store = Store(config.home / "simulators/appointments.sqlite")
    sign = StandardWebhooks(APPOINTMENT_WEBHOOK_SECRET)
    return AppointmentGateway(Simulator(store, APPOINTMENT_GATEWAY_KEY, url, sign)).application


class AppointmentGateway:
    """The gateway's API."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator, self._store = simulator, simulator.store
        simulator.route("POST", "/v1/appointments", self._order)
        simulator.route("GET", "/v1/appointments/{id}", self._read)
        self.application = simulator.application()

    async def _order(self, request: Request) -> JSONResponse:
        asked: Body = await request.json()
        npn = str(asked.get("producer", {}).get("npn", ""))
        script = gateway_script(npn)
        if script == DOWN:
            raise Refusal(503, "the gateway is not available")
        if script == OUTAGE:
            self._simulator.outage(f"{npn} {asked.get('state')}", calls=3)

        def accept(body: Body) -> tuple[int, Body]:
            missing = sorted(REQUIRED - body.keys())
            if missing or (script == SYNTAX and body["state"] == AFFECTED):
                messages = [f"{name} is missing" for name in missing] or ["line code not offered by the state"]
                return 422, {"status": "REJECTED_SYNTAX", "messages": messages}
            order = {
                "transaction_id": f"txn_{uuid.uuid4().hex[:16]}",
                "external_ref": body["external_ref"],
                "state": body["state"],
                "status": "ACCEPTED",
                "state_ref": None,
                "effective_date": body["effective_date"],
                "reason_codes": [],
                "state_fee_cents": 0,
            }
            self._store.put("order", order["transaction_id"], order)
            self._script(order, script)
            if registry_script(npn) == AFTER_APPROVAL and order["state"] == AFFECTED:
                taken_back = {"status": "REJECTED", "reason_codes": ["FILED_IN_ERROR"]}
                self._decide(order, taken_back, DECISION_SECONDS + AFTER_APPROVAL_SECONDS)
            return 202, {"transaction_id": order["transaction_id"], "status": "ACCEPTED"}

        return await self._simulator.once(request, accept)

    async def _read(self, request: Request) -> JSONResponse:
        order = self._store.get("order", request.path_params["id"])
        if order is None:
            raise Refusal(404, "transaction not found")
        return JSONResponse(order)

    def _script(self, order: Body, script: int) -> None:
        affected = script if order["state"] == AFFECTED else 0
        reference = f"{order['state']}-{order['transaction_id'][-6:]}"
        approval = {"status": "APPROVED", "state_ref": reference, "state_fee_cents": STATE_FEE_CENTS}
        pending = {"status": "PENDING_STATE"}
        if script == SILENT:
            return
        if affected == REJECTED:
            self._decide(order, {"status": "REJECTED", "reason_codes": ["STATE_FILING_INCOMPLETE"]}, DECISION_SECONDS)
        elif affected == FREEZE:
            self._decide(order, {"status": "REJECTED", "reason_codes": ["FREEZE_WINDOW"]}, DECISION_SECONDS)
        elif affected == MISSING_LICENSE:
            self._decide(order, {"status": "MISSING_LICENSE", "reason_codes": ["LICENSE_NOT_FOUND"]}, DECISION_SECONDS)
        elif script == PENDING_FIRST:
            self._decide(order, pending, DECISION_SECONDS)
            self._decide(order, approval, DECISION_SECONDS + LATER_SECONDS)
        elif script == REPEATED:
            # Approval first and three times, the older news after it.
            self._decide(order, approval, DECISION_SECONDS, times=3)
            self._tell(order | pending, DECISION_SECONDS + LATER_SECONDS)
        else:
            self._decide(order, approval, DECISION_SECONDS)

    def _decide(self, order: Body, outcome: Body, delay: float, times: int = 1) -> None:
        self._simulator.change("order", order["transaction_id"], delay, **outcome)
        self._tell(order | outcome, delay, times)

    def _tell(self, order: Body, delay: float, times: int = 1) -> None:
        event = {
            "type": "appointment.updated",
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "data": order if order["status"] == "APPROVED" else order | {"effective_date": None},
        }
        identifier = f"msg_{uuid.uuid4().hex}"
        for _ in range(times):
            self._simulator.webhook(identifier, event, delay)
