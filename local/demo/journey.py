"""One packet on its road after the agent has finished: vendors, states, people who decide, and the proof at the end."""

import json
import re
from collections.abc import Callable, Mapping
from zipfile import ZipFile

from local.days import carriers_today
from local.demo import proof
from local.demo.ceremony import Ceremony
from local.demo.client import NotVerified, verify
from local.demo.onlookers import VENDOR_PATIENCE
from local.demo.postbox import TEMPORARY_PASSWORD, Postbox
from local.policy_administration import report_sale


class Journey(Ceremony):
    """The whole story."""

    def received(self) -> None:
        """The packet is sealed, the confirmation mailed, and everything sealed proves itself."""
        self.wait_for("SUBMITTED", VENDOR_PATIENCE)
        mail = self.mail_about("received", re.compile(r"(?i)received"))
        seals, another = self.check_documents()
        again = self.agent.create("/packet/finish", expect=202)
        verify(again["status"] not in ("AWAITING_SIGNATURE", "SEALING"), "finishing again tells where it stands", again)
        readers = "pyHanko and pdfsig" if another else "pyHanko"
        self.timeline.done("received", f"{seals} sealed documents valid ({readers}); mail: {mail.subject!r}")

    def background_clear(self) -> None:
        """The check is over and clear; the agent sees that it is over, not what it said."""
        self.wait_for("APPOINTING", VENDOR_PATIENCE)
        check = self.ops()["background_checks"][-1]
        verify(check["result"] == "clear", "the check's result is clear", check)
        verify("clear" not in json.dumps(self.agent.get("/packet")["timeline"]), "the agent sees no result")
        self.timeline.done("background check", "clear")

    def stands_at(self, status: str, reason: str | None = None) -> None:
        """The packet comes to stand where someone must act, and the contracting department's queue shows it."""
        self.wait_for(status, VENDOR_PATIENCE)
        found = self.ops()
        verify(reason is None or found["review_reason"] == reason, f"the reason is {reason}", found["review_reason"])
        queue = self.contracting.get(f"/packets?status={status}")
        listed = [one["packet_id"] for one in queue["items"]]
        verify(self.packet_id in listed or queue["cursor"] is not None, f"the queue of {status} shows it", listed)
        self.timeline.done(status.lower().replace("_", " "), found["review_reason"] or "")

    def decide(self, decision: str, reason: str, expect: int = 200) -> None:
        """The contracting department decides; the decision and its author are on the trail."""
        answer = self.contracting.call(
            "POST", f"/packets/{self.packet_id}/decisions", {"decision": decision, "reason": reason}, expect
        )
        if expect == 200:
            made = [event for event in self.events() if event["type"] == "decision.made"]
            verify(made[-1]["data"]["decision"] == decision, f"the decision {decision} is on the trail", made)
            self.timeline.done("decided", f"{decision}: {reason}")
        else:
            self.timeline.done("refused to decide", f"{decision}: {answer.json()['code']}")

    def refused_after_notices(self, meanwhile: Callable[[], None]) -> None:
        """Notice before, wait, notice after: no way past the clock, whatever happens meanwhile."""
        self.wait_until(
            "the copy of the report is fetched",
            lambda: "adverse.copy_kept" in [event["type"] for event in self.events()],
            VENDOR_PATIENCE,
        )
        self.decide("pre-adverse", "The report shows a conviction that bears on selling insurance.")
        notice = self.mail_about("the notice before a decision", re.compile(r"(?i)report|notice|decision"))
        self.decide("adverse", "Decided before the clock has run.", expect=409)
        meanwhile()
        path, body = f"/packets/{self.packet_id}/decisions", {"decision": "adverse", "reason": "The record stands."}

        def decided() -> bool:
            return self.contracting.try_call("POST", path, body) == 200

        self.wait_until("the clock of the notice runs out", decided, VENDOR_PATIENCE)
        self.wait_for("REJECTED")
        self.wait_until("the final notice is mailed", lambda: self.postbox.last() > notice.number)
        self.timeline.done("rejected", "after notice, wait and final notice")

    def appointed(self, expected: Mapping[str, str]) -> None:
        """Each requested state's true outcome is recorded, and the mail lists it."""
        self.wait_for("PROCESSED", VENDOR_PATIENCE)
        found = self.appointments()
        verify(found == dict(expected), f"the states answered {dict(expected)}", found)
        mail = self.mail_about("processed", re.compile(r"(?i)process"))
        missing = [state for state in expected if not re.search(rf"\b{state}\b", mail.text)]
        verify(not missing, "the mail about processing names every state", missing)
        self.timeline.done("processed", ", ".join(f"{state} {status}" for state, status in sorted(found.items())))

    def certified(self) -> None:
        """The feed is loaded, the courses are passed, the agent is active."""
        self.wait_for("CERTIFICATION_OPEN", VENDOR_PATIENCE)
        self.timeline.done("certification open")
        self.wait_for("ACTIVE", VENDOR_PATIENCE)
        self.timeline.done("active")

    def ready_to_sell(self, states: Mapping[str, bool]) -> None:
        """The one question, answered for each state with its reasons."""
        for state, ready in states.items():
            answer = self.contracting.get(f"/producers/{self.person.npn}/ready-to-sell?state={state}")
            verify(answer["ready"] is ready, f"ready to sell in {state} is {ready}", answer)
            unmet = [reason for reason in answer["reasons"] if not reason["met"]]
            verify(bool(unmet) is not ready, f"the answer for {state} has its reasons", answer)
        told = ", ".join(f"{state} {'yes' if ready else 'no'}" for state, ready in states.items())
        self.timeline.done("ready to sell", told)

    def sold(self, state: str, status: str) -> None:
        """A first sale, reported twice, orders one appointment just in time."""
        today = carriers_today()
        for _ in range(2):
            answer = report_sale(self.scene.config, self.person.npn, state, today, f"sale-{self.packet_id}-{state}")
            verify(answer.status_code == 202, "a reported sale is accepted, also when it is repeated", answer.text)
        self.wait_until(
            f"{state} answers {status} after the first sale",
            lambda: self.appointments().get(state) == status,
            VENDOR_PATIENCE,
        )
        told = [event for event in self.events() if event["type"] == "first_sale.received"]
        sales = [event for event in told if event["data"]["state"] == state]
        verify(len(sales) == 1, "the sale counts once", sales)
        self.timeline.done("first sale", f"{state} {status}, due {sales[0]['data']['due_on']}")

    def once_each(self) -> None:
        """However often vendors spoke, everything outward happened once: no mail is there twice, the trail holds."""
        references = [next(iter(mail.headers.values())) for mail in self.postbox.mails()]
        verify(len(references) == len(set(references)), "no mail was sent twice", references)
        events = self.events()
        proof.check_chain(events)
        self.timeline.done("once each", f"{len(references)} mails, {len(events)} events")

    def evidence(self) -> None:
        """The evidence package verifies by itself, and no secret of the agent is in any mail."""
        sealed = {row["document_id"]: row["sha256"] for row in self.agent.get("/packet/print")}
        package = self.agent.call("GET", "/packet/evidence").content
        (self.folder / "evidence.zip").write_bytes(package)
        found = proof.check_evidence(package, sealed)
        mails = self.postbox.mails()
        told = json.dumps([mail.__dict__ for mail in mails])
        leaked = [name for name in ("SSN", "birth date", "password") if self.secrets[name] in told]
        verify(not leaked, "no mail holds sensitive data", leaked)
        verify(
            all(mail.headers for mail in mails), "every mail carries its reference", [mail.headers for mail in mails]
        )
        timeline = self.agent.get("/packet")["timeline"]
        self.timeline.road = {row["stage"]: row["at"] for row in timeline if row.get("at")}
        verifier = ", its own verifier agrees" if found["verifier"] is not None else ""
        self.timeline.done("evidence", f"{found['events']} chained events, {len(mails)} mails{verifier}")

    def check_documents(self) -> tuple[int, bool]:
        """Verify and keep every sealed document; tells how many, and whether a second reader judged them too."""
        folder = self.folder / "documents"
        folder.mkdir(exist_ok=True)
        listed = {row["document_id"]: row["sha256"] for row in self.agent.get("/packet/documents")}
        shown = self.shown()
        rows = self.agent.get("/packet/print")
        another = False
        for position, row in enumerate(rows, 1):
            document = row["document_id"]
            sealed = self.agent.call("GET", row["view"]).content
            (folder / f"{position:02d}-{document}.pdf").write_bytes(sealed)
            verify(proof.sha256(sealed) == row["sha256"], f"{document} has the hash that the print packet lists")
            proof.check_seal(document, sealed)
            another = proof.check_with_another_reader(document, sealed)
            if document in shown:
                verify(proof.sha256(shown[document]) == listed[document], f"{document} kept the hash it was shown with")
                proof.check_frozen_beginning(document, shown[document], sealed)
        missing = shown.keys() - {row["document_id"] for row in rows}
        verify(not missing, "every document that was shown can be printed", missing)
        (self.folder / "print-packet.zip").write_bytes(self.agent.call("GET", "/packet/print/all").content)
        with ZipFile(self.folder / "print-packet.zip") as archive:
            verify(len(archive.namelist()) == len(rows), "the print packet holds every row", archive.namelist())
        return len(rows), another

    def told_undeliverable(self) -> None:
        """The invitation is marked, and the recruiter has a mail about it."""
        box = Postbox(self.portal, self.person.invitation()["recruiter"]["email"])
        self.wait_until("a bounce marks the invitation", lambda: self.invitation()["delivery"] == "undeliverable")

        def about_this() -> list[str]:
            return [mail.subject for mail in box.mails() if self.packet_id in "".join(mail.headers.values())]

        self.wait_until("the recruiter is told about the bounce", lambda: bool(about_this()))
        self.timeline.done("undeliverable", f"the recruiter was told: {about_this()[0]!r}")

    def reminded(self, times: int) -> None:
        """So many reminders come, each with the same link."""
        self.wait_until(
            f"{times} reminders come", lambda: sum(self.link in mail.text for mail in self.postbox.mails()) > times
        )
        self.timeline.done("reminded", f"{times} times")

    def withdraw(self, reason: str) -> None:
        self.recruiter.call("POST", f"/invitations/{self.packet_id}/withdraw", {"reason": reason})

    def closed(self, status: str) -> None:
        """The packet has ended; its link leads nowhere any more and says nothing about why."""
        self.wait_until(f"the recruiter sees {status}", lambda: self.invitation()["status"] == status)
        self.agent.call("GET", "/packet", expect=401)
        before = self.postbox.last()
        self.agent.call("POST", "/access/password-requests", {"invitation": self.link}, expect=202)
        # The sweep and the relay have had their turn after two ticks.
        self.timeline.pause(4)
        late = [mail for mail in self.postbox.mails() if mail.number > before and TEMPORARY_PASSWORD.search(mail.text)]
        verify(not late, "a closed packet sends no password", [mail.subject for mail in late])
        self.timeline.done(status.lower())

    def restart_emulator(self) -> None:
        """Stop the emulator in order and start it again on its data."""
        if self.scene.restart is None:
            raise NotVerified("this script needs a stack of its own to restart")
        self.scene.restart()
        self.timeline.done("restarted", "stopped in order, started again on its data")
