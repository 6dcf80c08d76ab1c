"""Background check: candidates, reports and signed events."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.config import BACKGROUND_CHECK_KEY, Config
from local.simulators.papers import page
from local.simulators.screening import OUTAGE_CALLS, is_down, script_of
from local.simulators.server import Body, Refusal, Simulator
from local.simulators.signatures import HexHmac
from local.simulators.store import Store

CANDIDATE_FIELDS = {"custom_id", "first_name", "no_middle_name", "last_name", "email", "phone", "dob", "ssn", "zipcode"}
OUTCOMES: dict[str, dict[str, Any]] = {
    "clear": {"status": "complete", "result": "clear"},
    "consider": {"status": "complete", "result": "consider"},
    "suspended": {"status": "suspended", "result": None, "suspended_fields": ["ssn"]},
    "canceled": {"status": "canceled", "result": None},
}


def application(config: Config) -> Starlette:
    url = config.url("portal") + "/api/webhooks/background-checks"
    store = Store(config.home / "simulators/background.sqlite")
    return BackgroundCheck(Simulator(store, BACKGROUND_CHECK_KEY, url, HexHmac(BACKGROUND_CHECK_KEY))).application


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class BackgroundCheck:
    """The bureau's API."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator, self._store = simulator, simulator.store
        simulator.route("POST", "/v1/candidates", self._candidate)
        simulator.route("POST", "/v1/reports", self._report)
        simulator.route("GET", "/v1/reports/{id}", self._read)
        simulator.route("GET", "/v1/reports/{id}/document", self._document)
        self.application = simulator.application()

    async def _candidate(self, request: Request) -> JSONResponse:
        email = (await request.json()).get("email", "")
        if is_down(email):
            self._simulator.outage(f"candidate {email}", calls=OUTAGE_CALLS)

        def create(body: Body) -> tuple[int, Body]:
            if missing := CANDIDATE_FIELDS - body.keys():
                return 422, {"error": f"missing: {', '.join(sorted(missing))}"}
            candidate = {"id": f"cand_{uuid.uuid4().hex[:16]}", **body}
            self._store.put("candidate", candidate["id"], candidate)
            return 201, {"id": candidate["id"], "custom_id": body["custom_id"]}

        return await self._simulator.once(request, create)

    async def _report(self, request: Request) -> JSONResponse:
        def create(body: Body) -> tuple[int, Body]:
            candidate = self._store.get("candidate", body["candidate_id"])
            if candidate is None:
                return 404, {"error": "candidate not found"}
            report = {
                "id": f"rep_{uuid.uuid4().hex[:16]}",
                "object": "report",
                "candidate_id": candidate["id"],
                "custom_id": body["custom_id"],
                "package": body["package"],
                "status": "pending",
                "result": None,
                "suspended_fields": [],
                "created_at": _now(),
                "estimated_completion_at": (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds"),
            }
            self._store.put("report", report["id"], report)
            self._script(report, candidate)
            return 201, report

        return await self._simulator.once(request, create)

    async def _read(self, request: Request) -> JSONResponse:
        report = self._store.get("report", request.path_params["id"])
        if report is None:
            raise Refusal(404, "report not found")
        return JSONResponse(report)

    async def _document(self, request: Request) -> Response:
        report = self._store.get("report", request.path_params["id"])
        if report is None:
            raise Refusal(404, "report not found")
        result = report["result"] or "none yet"
        return Response(page(f"Report {report['id']}", f"Result: {result}"), media_type="application/pdf")

    def _script(self, report: Body, candidate: Body) -> None:
        """Plan what becomes of a report, and what is said about it when."""
        script = script_of(candidate["email"], candidate["ssn"])
        if script is None:
            return
        outcome = OUTCOMES[script.outcome]
        self._simulator.change("report", report["id"], script.after, **outcome)
        if not script.times:
            return
        created, told = self._event(report, {}, "created"), self._event(report, outcome, _verb(outcome["status"]))
        self._simulator.webhook(created["id"], created, script.order_told_after)
        for _ in range(script.times):
            self._simulator.webhook(told["id"], told, script.after)

    def _event(self, report: Body, outcome: Body, verb: str) -> Body:
        told = {name: (report | outcome)[name] for name in ("id", "status", "result", "custom_id")}
        return {
            "id": f"evt_{uuid.uuid4().hex[:16]}",
            "object": "event",
            "type": f"report.{verb}",
            "created_at": _now(),
            "data": {"object": told},
        }


def _verb(status: str) -> str:
    return "completed" if status == "complete" else status
