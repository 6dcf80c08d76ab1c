"""What vendors and the contracting department do, and what time does."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from econtracting import wiring
from econtracting.domain.moment import iso
from econtracting.domain.packet import DRIVEN_BY_WORKFLOW, Status
from econtracting.domain.screening.adverse import AdverseCase
from econtracting.domain.screening.background import Report
from tests.model.case import COURSES, Case
from tests.model.play import ANSWERING, Play
from tests.support import journey
from tests.support.webhooks import screening_headers, standard_headers
from tests.support.world import Answer

S = Status
VENDORS = ("screening", "registry", "gateway", "site", "post")
YEAR = 2027


class Outsiders(Play):
    """Play, with everyone in it."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []  # webhooks, so that they can come again
        self.messages = 0

    # vendors

    def report(self, case: Case, status: str, result: str | None = None) -> None:
        """The vendor's latest report of a packet ends in some way, and it says so."""
        attempt = case.checks
        reference = f"{case.packet_id}-{attempt}"
        known = [one for one in self.world.outside.screening.reports.values() if one.reference == reference]
        if not known or not self._may_follow(case, known[0], status):
            return
        fields = ("ssn",) if status == "suspended" else ()
        report = self.world.outside.screening.ends(reference, status, result, fields)
        case.reports.setdefault(attempt, set()).add(result or status)
        body = {
            "id": f"evt_{self._message()}",
            "object": "event",
            "type": f"report.{'completed' if status == 'complete' else status}",
            "data": {"object": {"id": report, "custom_id": reference, "status": status, "result": result}},
        }
        raw = json.dumps(body).encode()
        self._post(case, "/webhooks/background-checks", raw, screening_headers(raw))

    @staticmethod
    def _may_follow(case: Case, known: Report, status: str) -> bool:
        """A whole report stands, unless someone disputes it while it is weighed."""
        if known.status == "complete":
            return status == "dispute" and known.result == "consider" and case.status is S.ADVERSE_REVIEW
        return (
            known.status != "canceled" and (status != "dispute") and (known.status != "dispute" or status == "complete")
        )

    def appointment(self, case: Case, state: str, status: str) -> None:
        """A state answers an order that the gateway has."""
        orders = self.world.outside.gateway.orders.values()
        if not any(one["external_ref"] == f"{case.packet_id}-{state}" for one in orders):
            return
        body = {
            "type": "appointment.updated",
            "timestamp": iso(self.now),
            "data": {
                "transaction_id": f"txn-{state}",
                "external_ref": f"{case.packet_id}-{state}",
                "state": state,
                "status": status,
                "state_ref": f"{state}-77",
                "effective_date": self.now.date().isoformat(),
                "reason_codes": ["FEE_UNPAID"] if status == "REJECTED" else [],
                "state_fee_cents": 0,
            },
        }
        case.answered[state] = status
        self._standard(case, "/webhooks/appointments", body)

    def load(self, case: Case) -> None:
        if not any(one["external_ref"] == case.packet_id for one in self.world.outside.site.feeds.values()):
            return
        case.loaded = True
        data = {"npn": case.person.npn, "external_ref": case.packet_id, "loaded_at": iso(self.now)}
        self._standard(
            case, "/webhooks/certifications", {"type": "producer.loaded", "timestamp": iso(self.now), "data": data}
        )

    def course(self, case: Case, course: str, *, passed: bool) -> None:
        if not case.loaded:
            return
        data = {
            "npn": case.person.npn,
            "external_ref": case.packet_id,
            "course": course,
            "plan_year": YEAR,
            "score": 95 if passed else 60,
        }
        if passed:
            case.passed.add(course)
        kind = "course.completed" if passed else "course.failed"
        self._standard(case, "/webhooks/certifications", {"type": kind, "timestamp": iso(self.now), "data": data})

    def sale(self, case: Case, state: str) -> None:
        """Someone reports a sale of a producer whose latest contract this packet is."""
        mine = [one for one in self.cases if one.person.npn == case.person.npn and one.submitted_at is not None]
        latest = max((one.submitted_at for one in mine if one.submitted_at), default=None)
        if mine and [one for one in mine if one.submitted_at == latest] != [case]:
            return
        data = {
            "sale_id": f"sale_{self._message()}",
            "npn": case.person.npn,
            "state": state,
            "received_on": self.now.date().isoformat(),
            "product": "MAPD",
        }
        body = {"type": "sale.reported", "timestamp": iso(self.now), "data": data}
        known = bool(mine)
        if known:
            case.sold.add(state)
        self._standard(case if known else None, "/webhooks/sales", body, expect=202)

    def forge(self, case: Case) -> None:
        """Someone else speaks in a vendor's name, or says again what is long said."""
        told = {"object": {"id": "rep_0001", "custom_id": f"{case.packet_id}-1"}}
        raw = json.dumps({"id": "evt_forged", "type": "report.completed", "data": told}).encode()
        path, forged = "/webhooks/background-checks", screening_headers(raw, b"another key")
        self.ask(None, "POST", path, raw, expect=401, headers=forged)
        raw = raw.replace(case.packet_id.encode(), b"pkt_nobody")
        self.ask(None, "POST", path, raw, expect=202, headers=screening_headers(raw))  # kept for the department

    def repeat(self, which: int) -> None:
        """A message that was sent before comes once more; a signed time that is over is refused."""
        if not self.sent:
            return
        path, raw, headers = self.sent[which % len(self.sent)]
        at = headers.get("webhook-timestamp")
        fresh = at is None or abs(self.now.timestamp() - int(at)) <= 300
        commits = self.wire.commits
        self.ask(None, "POST", path, raw, expect=202 if fresh else 401, headers=headers)
        assert self.wire.commits == commits, "a message counts once (I10)"

    def _standard(self, case: Case | None, path: str, body: dict[str, Any], *, expect: int = 202) -> None:
        raw = json.dumps(body).encode()
        self._post(case, path, raw, standard_headers(raw, f"msg_{self._message()}", self.now), expect)

    def _post(self, case: Case | None, path: str, raw: bytes, headers: dict[str, str], expect: int = 202) -> None:
        self.ask(case, "POST", path, raw, expect=expect, headers=headers)
        if expect == 202:
            self.sent.append((path, raw, headers))

    def _message(self) -> str:
        self.messages += 1
        return f"{self.messages:012d}"

    # the contracting department

    def correct(self, case: Case) -> None:
        possible = case.status in (S.BACKGROUND_CHECK, S.NEEDS_REVIEW)
        given = {"fields": ["agent.mobile_phone"], "reason": "No one answers this number."}
        path = f"/packets/{case.packet_id}/corrections"
        expect = 200 if possible else 409
        self.create(case, path, given, expect=expect, doing="correct", staff=journey.CONTRACTING)

    def decide(self, case: Case, word: str, by: dict[str, str]) -> Answer | None:
        """Whether a word fits is for the product to say; what it leads to has to have a cause."""
        if case.status not in (S.NEEDS_REVIEW, S.ADVERSE_REVIEW, S.CORRECTION_REQUESTED):
            return None
        view = self.ask(case, "GET", f"/packets/{case.packet_id}", expect=200, staff=by).json
        case.reason = view["review_reason"]
        fits = self._fits(case, word, view)
        given = {"decision": word, "reason": "looked at it", "worksheet_sha256": "0" * 64}
        path = f"/packets/{case.packet_id}/decisions"
        return self.create(case, path, given, expect=200 if fits else 409, doing="decide", staff=by)

    def _fits(self, case: Case, word: str, view: dict[str, Any]) -> bool:
        refuses = "pre-adverse" if view["refusal_by"] == "notices" else "reject"
        if case.status is S.CORRECTION_REQUESTED:
            return word == refuses or (word == "retry" and any(one["failure"] for one in view["waiting_effects"]))
        if case.status is S.NEEDS_REVIEW:
            answers = view["review_reason"] in ("ANSWERS_NEED_REVIEW", "CONSENT_1033_MISSING")
            return word == refuses or (word == "retry" and not answers)
        adverse = view["adverse"]["status"]
        if word == "adverse":
            possible = view["adverse"]["final_possible_from"]
            return possible is not None and possible <= iso(self.now)
        if word == "pre-adverse":
            kept = wiring.packets().find(AdverseCase, case.packet_id, str(view["adverse"]["attempt"]))
            there = kept is not None and kept.copy_of_report is not None and not view["adverse"]["notice_ordered"]
            return there and adverse in ("ASSESSING", "PRE_SENT", "UNDELIVERABLE", "WAITING")
        return word == "proceed"

    # time

    def pass_(self, how_long: timedelta) -> None:
        self.world.clock.at += how_long

    def outage(self, vendor: str, down: bool) -> None:
        getattr(self.world.outside, vendor).down = down

    def drain(self) -> None:
        """Everything works again, no one does anything, and months go by."""
        self.wire.fault = None
        for vendor in VENDORS:
            self.outage(vendor, down=False)
        for round_ in range(60):
            self.settle()
            if round_ > 8 and not any(self._on_its_way(case) for case in self.cases):
                return
            self.pass_(timedelta(days=8, hours=1))

    @staticmethod
    def _on_its_way(case: Case) -> bool:
        return case.status in DRIVEN_BY_WORKFLOW or case.before_submission()

    def go_on(self, case: Case) -> None:
        """Whatever comes next on the road from the invitation to ACTIVE."""
        match case.status:
            case S.INVITED | S.IN_PROGRESS | S.AWAITING_SIGNATURE | S.CORRECTION_REQUESTED:
                self._agent_goes_on(case)
            case S.BACKGROUND_CHECK:
                self.report(case, "complete", "clear")
            case S.APPOINTING:
                for state in case.states:
                    self.appointment(case, state, "APPROVED")
            case S.PROCESSED:
                self.load(case)
            case S.CERTIFICATION_OPEN:
                for course in sorted(COURSES):
                    self.course(case, course, passed=True)
        self.settle()

    def _agent_goes_on(self, case: Case) -> None:
        if not self.sign_in(case):
            return
        if not case.agreed:
            self.agree(case)
        elif case.status is S.CORRECTION_REQUESTED and not case.mended:
            self.save(case, "agent")
        elif case.status is S.IN_PROGRESS and not self.complete(case):
            self.answer_everything(case)
        elif case.status in ANSWERING:
            self.confirm(case)
        elif not case.consented:
            self.consent(case)
        elif not case.adopted:
            self.adopt(case)
        elif case.unsigned:
            self.sign(case, len(case.unsigned))
        else:
            self.finish(case)
