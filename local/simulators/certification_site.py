"""Certification site: loads the producers it is fed and reports their courses. The producer's e-mail tags choose."""

import uuid
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from local.config import CERTIFICATION_SITE_KEY, CERTIFICATION_WEBHOOK_SECRET, Config
from local.scripts import tags_of
from local.simulators.server import Body, Simulator
from local.simulators.signatures import StandardWebhooks
from local.simulators.store import Store

LOAD_SECONDS, SLOW_LOAD_SECONDS, COURSE_SECONDS = 2.0, 15.0, 1.0
COURSES = ("medicare-basics", "plan-products")
PASSED, FAILED = 92, 61


def application(config: Config) -> Starlette:
    url = config.url("portal") + "/api/webhooks/certifications"
    store = Store(config.home / "simulators/certification.sqlite")
    sign = StandardWebhooks(CERTIFICATION_WEBHOOK_SECRET)
    return CertificationSite(Simulator(store, CERTIFICATION_SITE_KEY, url, sign)).application


class CertificationSite:
    """The site's feed."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator, self._store = simulator, simulator.store
        simulator.route("PUT", "/v1/producers/{npn}", self._feed)
        self.application = simulator.application()

    async def _feed(self, request: Request) -> JSONResponse:
        npn = request.path_params["npn"]
        asked: Body = await request.json()
        tags = tags_of(asked.get("email", ""))
        if "certoutage" in tags:
            self._simulator.outage(npn, calls=3)

        def queue(body: Body) -> tuple[int, Body]:
            known = self._store.get("producer", npn)
            self._store.put("producer", npn, body)
            # A put of the same feed again is the same feed: nothing is loaded or reported twice.
            if known is None or known["external_ref"] != body["external_ref"]:
                self._script(npn, body, tags)
            return 202, {"npn": npn, "status": "QUEUED"}

        return await self._simulator.once(request, queue)

    def _script(self, npn: str, feed: Body, tags: frozenset[str]) -> None:
        if "notloaded" in tags:
            return
        at = SLOW_LOAD_SECONDS if "slowload" in tags else LOAD_SECONDS
        about = {"npn": npn, "external_ref": feed["external_ref"]}
        self._tell("producer.loaded", about | {"loaded_at": _now()}, at)
        if "nocourses" in tags:
            return
        for course in COURSES:
            result = about | {"course": course, "plan_year": feed["plan_year"]}
            if "failedexam" in tags and course == COURSES[0]:
                at += COURSE_SECONDS
                self._tell("course.failed", result | {"score": FAILED}, at)
            at += COURSE_SECONDS
            self._tell("course.completed", result | {"score": PASSED}, at)

    def _tell(self, event: str, data: Body, delay: float) -> None:
        self._simulator.webhook(f"msg_{uuid.uuid4().hex}", {"type": event, "timestamp": _now(), "data": data}, delay)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
