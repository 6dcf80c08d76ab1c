"""License registry: what licenses a producer number holds, and whether a person's data fit the number.

The last two digits of a special NPN choose what is wrong; the state that lacks something is always Kansas.
"""

from datetime import UTC, date, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from local.config import LICENSE_REGISTRY_KEY, Config
from local.scripts import registry_script
from local.simulators.server import Body, Refusal, Simulator
from local.simulators.store import Store

JURISDICTIONS = tuple(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY PR VI GU AS MP".split()
)
HOME, AFFECTED = "TN", "KS"
HEALTH = {"code": "16", "name": "Accident and Health"}
UNKNOWN, OTHER_NAME, OTHER_SSN, NO_LICENSE, INACTIVE, EXPIRED, NO_HEALTH_LINE, OUTAGE, DOWN, ACTION = (
    90, 91, 92, 93, 94, 95, 96, 97, 98, 99,
)  # fmt: skip
KNOWN_MIDDLE_NAME, KNOWN_SSN = "Quinn", "987-65-4321"


def application(config: Config) -> Starlette:
    return LicenseRegistry(
        Simulator(Store(config.home / "simulators/registry.sqlite"), LICENSE_REGISTRY_KEY)
    ).application


class LicenseRegistry:
    """The registry's API."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator, self._store = simulator, simulator.store
        simulator.route("GET", "/v1/producers/{npn}", self._producer)
        simulator.route("POST", "/v1/identity-checks", self._identity)
        self.application = simulator.application()

    async def _producer(self, request: Request) -> JSONResponse:
        npn = request.path_params["npn"]
        script = self._script(npn)
        missing = {AFFECTED} if script == NO_LICENSE else set()
        names = self._store.get("person", npn) or {"first_name": None, "middle_name": None, "last_name": None}
        actions = [
            {"id": "ra-1", "origin": AFFECTED, "reason": "synthetic", "disposition": "fine", "action_on": "2019-05-01"}
        ]
        return JSONResponse({
            "npn": npn,
            **names,
            "as_of": datetime.now(UTC).isoformat(timespec="seconds"),
            "licenses": [license(npn, state, script) for state in JURISDICTIONS if state not in missing],
            "regulatory_actions": actions if script == ACTION else [],
        })  # fmt: skip

    async def _identity(self, request: Request) -> JSONResponse:
        body: Body = await request.json()
        npn = str(body["npn"])
        script = self._script(npn)
        names = {name: body.get(name) for name in ("first_name", "middle_name", "last_name")}
        if script == OTHER_NAME:
            names["middle_name"] = KNOWN_MIDDLE_NAME
        with self._store.transaction():
            self._store.put("person", npn, names)
        matches = {
            "npn": True,
            "ssn": script != OTHER_SSN or body["ssn"] == KNOWN_SSN,
            "birth_date": True,
            "name": script != OTHER_NAME or (body.get("middle_name") or "").casefold() == KNOWN_MIDDLE_NAME.casefold(),
        }
        return JSONResponse({"npn": npn, "matches": matches})

    def _script(self, npn: str) -> int:
        script = registry_script(npn)
        if script == DOWN:
            raise Refusal(503, "the registry is not available")
        if script == OUTAGE:
            self._simulator.outage(npn, calls=3)
        if script == UNKNOWN:
            raise Refusal(404, "producer not found")
        return script


def license(npn: str, state: str, script: int) -> Body:
    """One state's license, with whatever the script spoils in the affected state."""
    affected = script if state == AFFECTED else 0
    status = {INACTIVE: "NOT_ACTIVE", EXPIRED: "EXPIRED"}.get(affected, "VALID")
    year = datetime.now(UTC).year
    expires = date(year - 1, 12, 31) if affected == EXPIRED else date(year + 2, 12, 31)
    return {
        "state": state,
        "number": f"{state}-{npn}",
        "residency": "RESIDENT" if state == HOME else "NON_RESIDENT",
        "class": "Producer",
        "status": status,
        "active": status == "VALID",
        "issued_on": "2015-03-02",
        "expires_on": expires.isoformat(),
        "lines": [
            {**HEALTH, "active": affected not in (NO_HEALTH_LINE, INACTIVE, EXPIRED)},
            {"code": "14", "name": "Life", "active": status == "VALID"},
        ],
    }
