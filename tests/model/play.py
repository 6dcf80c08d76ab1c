"""What people do with the product, each act through its doors and each answer compared with what the model expects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from econtracting.domain.errors import Unavailable
from econtracting.domain.packet import BEFORE_SUBMISSION, ENDED, Status
from tests.model.case import Case, Person
from tests.model.executor import Executor
from tests.model.wire import Crash, Wire
from tests.support import journey
from tests.support.pdf_text import text_of
from tests.support.world import Answer, Context, World

S = Status
ANSWERING = frozenset({S.IN_PROGRESS, S.CORRECTION_REQUESTED})
OTHER_SSN = "987-65-4321"
PEOPLE = (Person("dana@example.com", "15645555"), Person("sam@example.com", "17654321"))
AGENCIES = ("agency-1", "agency-2")
STATES = (("AL", "GA"), ("AL", "IA", "FL"), ())
PATIENCE = 6  # how often a client comes back with the same request
FRESH = timedelta(minutes=9)  # within it a session needs no password again
MANY_TRIES = 429


class Play:
    """The people around the packets, with what they remember."""

    def __init__(self, world: World, executor: Executor, wire: Wire) -> None:
        self.world, self.executor, self.wire = world, executor, wire
        self.cases: list[Case] = []
        self.keys: dict[str, tuple[Any, Any]] = {}  # idempotency key -> body and answer
        self.broken = 0  # faults that happened so far: each may have cost one more mail
        self.requests = 0

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    # asking

    def ask(
        self,
        case: Case | None,
        method: str,
        path: str,
        body: Any = None,
        *,
        expect: int,
        doing: str = "",
        also: tuple[int, ...] = (),
        again: tuple[int, ...] = (),
        staff: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request and its repeats until there is an answer. `also` may be answered instead, `again` to a repeat.

        A refusal writes nothing of any packet. Trouble of the product's own is only told where a fault was arranged.
        """
        if case is not None:
            case.doing = doing
            self.world.cookie, self.world.address = case.cookie, f"203.0.113.{case.number}"
        commits, failed = self.wire.commits, 0
        for _ in range(PATIENCE):
            fired = len(self.wire.fired)
            try:
                with self.wire.product():
                    answer = self.world.call(method, path, body, staff=staff, headers=headers, query=query)
            except Crash:
                failed += 1
                continue
            troubled = len(self.wire.fired) > fired
            if answer.status in (503, 401) and troubled:
                failed += 1
                continue
            if answer.status == MANY_TRIES and MANY_TRIES not in also:  # told to wait, a person waits
                self.world.clock.pass_(seconds=int(answer.headers["Retry-After"][0]))
                continue
            break
        else:
            raise AssertionError(f"{method} {path} got no answer")
        self.broken += failed
        if case is not None:
            case.cookie = self.world.cookie
        self.observe()
        told = (method, path, answer.status, answer.body[:600], case and (case.status, case.doing))
        assert answer.status in (expect, *also) or (failed and answer.status in again), told
        if answer.status >= 400 and not failed:
            assert self.wire.commits == commits or doing == "log in", f"a refusal wrote something: {told}"
        if case is not None:
            case.doing = ""
        return answer

    def create(
        self,
        case: Case,
        path: str,
        body: Any = None,
        *,
        expect: int,
        doing: str = "",
        headers: Mapping[str, str] | None = None,
        **how: Any,
    ) -> Answer:
        """A creating call with a key of its own, so that a repeat gets the first one's answer."""
        self.requests += 1
        key = {"Idempotency-Key": f"request-{self.requests}", **(headers or {})}
        return self.ask(case, "POST", path, body, expect=expect, doing=doing, headers=key, **how)

    def observe(self) -> None:
        """Take over what has happened to the packets since the last look."""
        assert not self.wire.wrong, self.wire.wrong
        moves, self.wire.moves = self.wire.moves, []
        for move in moves:
            case = self.case(move.packet_id)
            if case is not None:
                case.moved(move.before, move.after, self.now)

    def case(self, packet_id: str) -> Case | None:
        return next((one for one in self.cases if one.packet_id == packet_id), None)

    # what happens by itself

    def relay(self) -> bool:
        """The sweep runs once, and the next one goes on where it dies. Answers whether there was anything to do."""
        from process import relay

        fired, did = len(self.wire.fired), True
        with suppress(Crash):
            try:
                with self.wire.product():
                    did = any(relay.sweep({}, Context()).values())
            except Unavailable:  # the schedule calls it again
                assert len(self.wire.fired) > fired
        self.broken += len(self.wire.fired) - fired
        self.observe()
        return did

    def work(self, steps: int = 1000) -> bool:
        """Executions go on. Answers whether any did."""
        fired = len(self.wire.fired)
        with self.wire.product():
            made = self.executor.run(steps)
        self.broken += len(self.wire.fired) - fired
        self.observe()
        return made > 0

    def settle(self) -> None:
        for _ in range(12):
            if not any((self.relay(), self.work())):
                return

    # the recruiter

    def invite(self, person: Person, agency: str, states: tuple[str, ...], key: str | None = None) -> None:
        agent = {"first_name": "Dana", "middle_name": "Lee", "last_name": "Rivers", "email": person.email}
        body = journey.invitation(
            agent={**agent, "npn": person.npn},
            agency={"id": agency, "name": "Harbor Agency"},
            pre_appointment_states=list(states),
        )
        recruiter = {**journey.RECRUITER, "agency_id": agency}
        if key is None:
            self.requests += 1
            key = f"invite-{self.requests}"
        known = self.keys.get(key)
        holder = next(
            (
                one
                for one in self.cases
                if one.agency == agency and one.person == person and one.holds_its_place(self.now)
            ),
            None,
        )
        expect = (201 if known[0] == body else 422) if known else 409 if holder else 201
        answer = self.ask(
            None, "POST", "/invitations", body, expect=expect, staff=recruiter, headers={"Idempotency-Key": key}
        )
        if known:
            assert expect == 422 or answer.json == known[1], "a repeat gets the stored answer (I10)"
        elif holder:
            assert answer.json["packet_id"] == holder.packet_id
        else:
            self.keys[key] = (body, answer.json)
            expires_at = self.now + timedelta(days=30)
            packet_id, number = answer.json["packet_id"], len(self.cases) + 1
            self.cases.append(Case(packet_id, number, person, agency, tuple(states), self.now, expires_at))

    def recruiter(self, case: Case) -> dict[str, str]:
        return {**journey.RECRUITER, "agency_id": case.agency}

    def withdraw(self, case: Case) -> None:
        open_ = case.before_submission() and not case.lapsed(self.now)
        path = f"/invitations/{case.packet_id}/withdraw"
        staff, expect = self.recruiter(case), 200 if open_ else 409
        self.create(case, path, {"reason": "filled otherwise"}, expect=expect, doing="withdraw", staff=staff)

    def extend(self, case: Case, days: int) -> None:
        open_ = case.before_submission() and not case.lapsed(self.now)
        path = f"/invitations/{case.packet_id}/extend"
        answer = self.create(case, path, {"days": days}, expect=200 if open_ else 409, staff=self.recruiter(case))
        if answer.status == 200:
            case.expires_at += timedelta(days=days)

    def change_states(self, case: Case, states: tuple[str, ...]) -> None:
        path = f"/invitations/{case.packet_id}/pre-appointment-states"
        open_ = not case.over() and not case.cleared and not case.lapsed(self.now)
        expect = 200 if open_ else 409
        staff = self.recruiter(case)
        answer = self.ask(case, "PUT", path, {"states": list(states)}, expect=expect, staff=staff)
        if answer.status == 200:
            case.states = tuple(sorted(states))

    # the agent

    def mails(self, case: Case, letter: str) -> list[dict[str, str]]:
        start = f"{case.packet_id}.mail.{letter}."
        return [mail for mail in self.world.outside.post.sent if mail["reference"].startswith(start)]

    def link(self, case: Case) -> str | None:
        for mail in self.mails(case, "invitation"):
            if found := re.search(r"/#/invitation/([A-Za-z0-9_-]+)", mail["text"]):
                return found[1]
        return None

    def come_in(self, case: Case) -> bool:
        """With a new temporary password, if its mail comes."""
        link = self.link(case)
        if link is None:
            return False
        before = len(self.mails(case, "temporary-password"))
        self.ask(case, "POST", "/access/password-requests", {"invitation": link}, expect=202)
        case.asked_password = True
        case.own_password = False if case.may_come_in(self.now) else case.own_password
        self.relay()
        news = self.mails(case, "temporary-password")[before:]
        assert not news or case.may_come_in(self.now), "an ended packet mails no password"
        if not news:
            return False
        newest = max(news, key=lambda mail: int(mail["reference"].rpartition(".")[2]))
        found = re.search(r"(?m)^\s*([2-9A-HJ-NP-Za-km-z]{16})\s*$", newest["text"])
        assert found is not None
        body = {"invitation": link, "password": found[1]}
        case.cookie = None
        answer = self.ask(case, "POST", "/access/sessions", body, expect=201, again=(401,), doing="log in")
        if answer.status != 201:
            return False
        assert answer.json["must_change_password"]
        new = {"new_password": journey.PASSWORD, "confirm_password": journey.PASSWORD}
        answer = self.ask(case, "PUT", "/access/password", new, expect=204, again=(401, 422))
        if answer.status != 204:
            return False
        case.own_password, case.signed_in_at = True, self.now
        return True

    def sign_in(self, case: Case) -> bool:
        """So that the password was given just now."""
        if not case.may_come_in(self.now):
            return False
        if case.cookie and case.signed_in_at and self.now - case.signed_in_at <= FRESH:
            return True
        if not case.own_password:
            return self.come_in(case)
        body = {"invitation": self.link(case), "password": journey.PASSWORD}
        self.ask(case, "POST", "/access/sessions", body, expect=201, doing="log in")
        case.signed_in_at = self.now
        return True

    def knock(self, case: Case) -> None:
        """Whoever may not come in learns nothing, with the right password as little as with a wrong one."""
        link = self.link(case) or "x" * 43
        body = {"invitation": link, "password": "Wrong9password"}
        answer = self.ask(case, "POST", "/access/sessions", body, expect=401, also=(MANY_TRIES,), doing="log in")
        assert "packet" not in answer.json
        if not case.may_come_in(self.now):
            self.ask(case, "GET", "/packet", expect=401)

    def agree(self, case: Case) -> None:
        version = self.ask(case, "GET", "/packet/agreement", expect=200).json["version"]
        given = {"version": version, "accepted": True}
        self.ask(case, "PUT", "/packet/agreement", given, expect=200, doing="log in")
        case.agreed = True

    def sections(self, case: Case) -> list[str]:
        return [row["name"] for row in self.ask(case, "GET", "/packet", expect=200).json["sections"]]

    def save(self, case: Case, section: str, *, stale: bool = False) -> None:
        seen = case.versions.get(section, 0)
        answers = self.answers(case, section)
        expect = 403 if not case.agreed else 409 if case.status not in ANSWERING else 412 if stale else 200
        path = f"/packet/interview/{section}"
        given = {"If-Match": f'"{seen - 1 if stale and seen else seen + stale}"'}
        answer = self.ask(case, "PUT", path, answers, expect=expect, again=(412,), headers=given)
        if answer.status == 412:
            assert answer.json["current_version"] == seen + (expect == 200), "a stale save tells the current version"
        if expect == 200:
            case.versions[section] = seen + 1
            case.mended = case.mended or section == "agent"

    def answers(self, case: Case, section: str) -> dict[str, Any]:
        if section == "background" and case.status is not S.CORRECTION_REQUESTED:
            if not case.agreed:
                return {}
            asked = self.ask(case, "GET", f"/packet/interview/{section}", expect=200).json["questions"]
            return {one["code"]: {"answer": False} for one in asked}
        if case.status is S.CORRECTION_REQUESTED:
            return self.mended(case, section)
        given = journey.ANSWERS.get(section, {"eft": False})
        if section == "agent":
            given = {**given, "email": case.person.email, "npn": case.person.npn}
        return given

    def mended(self, case: Case, section: str) -> dict[str, Any]:
        """The section as its screen shows it, masks included, with what was asked for."""
        asked = {one["field"] for one in self.ask(case, "GET", "/packet", expect=200).json["correction"]["fields"]}
        shown = dict(self.ask(case, "GET", f"/packet/interview/{section}", expect=200).json["answers"])
        if section == "agent" and "agent.ssn" in asked:
            shown |= {"ssn": OTHER_SSN, "ssn_confirm": OTHER_SSN}
        if section == "agent" and "agent.mobile_phone" in asked:
            shown["mobile_phone"] = f"(615) 555-01{case.versions['agent']:02d}"
        return shown

    def answer_everything(self, case: Case) -> None:
        for section in self.sections(case):
            self.save(case, section)

    def complete(self, case: Case) -> bool:
        return {"agent", "addresses", "online-presence", "pre-appointments", "background"} <= case.versions.keys()

    def confirm(self, case: Case) -> None:
        frozen = case.status is S.AWAITING_SIGNATURE
        corrects = case.status is S.CORRECTION_REQUESTED
        ready = case.mended if corrects else case.status is S.IN_PROGRESS and self.complete(case)
        expect = 403 if not case.agreed else 200 if frozen or ready else 409
        if not frozen:
            shown = self.ask(case, "GET", "/packet/summary", expect=200 if case.agreed else 403).json
            case.summary = shown.get("version", "0" * 64)
        seen = {"If-Match": case.summary}
        self.create(case, "/packet/summary/confirm", expect=expect, doing="confirm", headers=seen)
        if expect == 200 and not frozen:
            case.unsigned, case.signed, case.shown = {}, set(), {}
            self.list_documents(case)

    def list_documents(self, case: Case) -> None:
        for document in self.ask(case, "GET", "/packet/documents", expect=200).json:
            case.shown[document["document_id"]] = document["sha256"]
            for box in document["fields"]:
                place = (document["document_id"], box["field_id"])
                if box["required"] and not box["signed_at"]:
                    case.unsigned[place] = document["act"]

    def reopen(self, case: Case) -> None:
        frozen = case.status is S.AWAITING_SIGNATURE and not case.signed
        expect = 200 if frozen or case.status in ANSWERING else 409
        self.create(case, "/packet/summary/reopen", expect=expect, doing="reopen")
        if frozen:
            case.unsigned = {}
            case.consented = case.consented and case.submitted

    def consent(self, case: Case) -> None:
        if case.status is not S.AWAITING_SIGNATURE:
            return
        shown = self.ask(case, "GET", "/packet/consent", expect=200).json
        page = self.ask(case, "GET", shown["access_code_document"], expect=200).body
        code = re.search(r"(?m)^\s*((?:[2-9A-HJ-NP-Z] ?){6})\s*$", text_of(page))
        assert code is not None
        given = {"disclosure_version": shown["disclosure_version"], "access_code": code[1]}
        self.create(case, "/packet/consent", given, expect=201)
        case.consented = True

    def withdraw_consent(self, case: Case) -> None:
        expect = 200 if case.consented else 403
        given = {"reason": "paper please"}
        path = "/packet/consent/withdraw"
        ends = case.before_submission()
        again = (401,) if ends else (403,)
        answer = self.ask(case, "POST", path, given, expect=expect, again=again, doing="withdraw consent")
        case.consented = False
        assert answer.status != 200 or not ends or case.status is S.DECLINED

    def adopt(self, case: Case) -> None:
        expect = 403 if not case.consented else 200 if case.status is S.AWAITING_SIGNATURE else 409
        given = {"full_name": "Dana Lee Rivers", "initials": "DLR", "style": journey.signature_style()}
        self.ask(case, "PUT", "/packet/signature", given, expect=expect)
        case.adopted = case.adopted or expect == 200

    def sign(self, case: Case, how_many: int) -> None:
        """Read and sign the next lines."""
        for (document, field), act in list(case.unsigned.items())[:how_many]:
            content = self.ask(case, "GET", f"/packet/documents/{document}/content", expect=200).body
            assert sha256(content).hexdigest() == case.shown[document], "what is shown is what was frozen (I4)"
            expect = 403 if not case.consented else 201 if case.adopted else 409
            own = None if act == "packet" else {"act": act}
            self.create(case, f"/packet/documents/{document}/fields/{field}", own, expect=expect)
            if expect == 201:
                del case.unsigned[document, field]
                case.signed.add((document, field))

    def sign_again(self, case: Case) -> None:
        document, field = sorted(case.signed)[0]
        waits = case.status is S.AWAITING_SIGNATURE
        expect = 403 if not case.consented else 409
        code = "already-signed" if waits else "invalid-transition"
        answer = self.create(case, f"/packet/documents/{document}/fields/{field}", expect=expect)
        assert expect == 403 or answer.json["code"] == code

    def finish(self, case: Case) -> None:
        after = case.status not in BEFORE_SUBMISSION | ENDED | {S.CORRECTION_REQUESTED}
        corrects = case.status is S.CORRECTION_REQUESTED
        told = S.BACKGROUND_CHECK if case.status is S.ADVERSE_REVIEW else case.status if after else S.SEALING
        waits = case.status is S.AWAITING_SIGNATURE
        if after or (waits and case.consented and not case.unsigned):
            expect = 202
        else:
            expect = 409 if corrects or case.consented else 403
        answer = self.create(case, "/packet/finish", expect=expect, doing="finish")
        assert expect != 202 or answer.json == {"status": told}, (
            "finishing again changes nothing and tells what is (I10)"
        )

    def decline(self, case: Case, how: str) -> None:
        body = {"reason": "no thank you"} if how == "decline" else None
        ends = case.before_submission()
        corrects = case.status is S.AWAITING_SIGNATURE and case.submitted
        expect = 200 if ends or corrects else 409
        self.ask(case, "POST", f"/packet/{how}", body, expect=expect, again=(401,), doing="decline")
