"""One packet on its road, step by step. Every step verifies what it promises before the next begins."""

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from local import staff
from local.config import Config
from local.demo import cast, proof
from local.demo.cast import Person
from local.demo.client import Agent, NotVerified, Staff, verify
from local.demo.postbox import LINK_SECRET, TEMPORARY_PASSWORD, Mail, Postbox
from local.demo.timeline import Timeline

ROAD = (
    "INVITED", "IN_PROGRESS", "AWAITING_SIGNATURE", "SEALING", "SUBMITTED", "BACKGROUND_CHECK", "APPOINTING",
    "PROCESSED", "CERTIFICATION_OPEN", "ACTIVE",
)  # fmt: skip
# Set in wide letters, so a text extraction may see blanks between them.
ACCESS_CODE = re.compile(r"(?m)^ *((?:[2-9A-HJ-NP-Z] ?){6})$")
# Generous: on a busy machine a function's first call alone takes many seconds. Nothing waits longer than it must.
PATIENCE, VENDOR_PATIENCE = 60.0, 240.0


class Journey:
    """An agent, the recruiter who invited them, the contracting department, and what they can see."""

    def __init__(
        self,
        config: Config,
        outputs: Mapping[str, str],
        person: Person,
        timeline: Timeline,
        folder: Path,
        restart: Callable[[], None] | None = None,
    ) -> None:
        portal, emulator = config.url("portal"), config.url("emulator")
        tokens = {
            user: staff.sign_in(emulator, outputs["StaffUserPoolClientId"], user)
            for user in (staff.RECRUITER, staff.OTHER_RECRUITER, staff.CONTRACTING)
        }
        self.recruiter = Staff(portal, tokens[staff.RECRUITER])
        self.stranger = Staff(portal, tokens[staff.OTHER_RECRUITER])
        self.contracting = Staff(portal, tokens[staff.CONTRACTING])
        self.agent = Agent(portal)
        self.person, self.timeline, self.folder = person, timeline, folder
        self.postbox = Postbox(portal, person.email)
        self.packet_id = ""
        self._portal, self._restart = portal, restart
        self._secret = ""
        # What nobody but this agent may ever hold in plain text.
        self.secrets = {
            "SSN": person.ssn,
            "birth date": cast.BIRTH_DATE,
            "birth date in ISO": cast.BIRTH_DATE_ISO,
            "password": cast.PASSWORD,
        }
        self._shown: dict[str, bytes] = {}

    def play_until_finished(self) -> None:
        """Everything the agent does: from the e-vite to the last signature."""
        self.invite()
        self.enter()
        self.agree()
        self.answer()
        self.confirm()
        self.consent()
        self.sign()
        self.finish()

    def invite(self) -> None:
        """The recruiter invites; the agent gets the e-vite; nobody else sees the packet or the link."""
        invited = self.recruiter.create("/invitations", self.person.invitation())
        self.packet_id = invited["packet_id"]
        verify(invited["status"] == "INVITED", "a new packet is INVITED", invited)
        refused = self.recruiter.call("POST", "/invitations", self.person.invitation(), expect=409).json()
        verify(refused["code"] == "packet-already-open", "a second open packet is refused", refused)
        verify(refused["packet_id"] == self.packet_id, "the refusal points to the open packet", refused)
        self.stranger.call("GET", f"/invitations/{self.packet_id}", expect=404)
        mail, self._secret = self.postbox.wait("the link", LINK_SECRET)
        seen = self.recruiter.call("GET", f"/invitations/{self.packet_id}").text
        verify(self._secret not in seen, "the recruiter never sees the link's secret")
        self.timeline.done("invited", f"{self.packet_id}, e-vite: {mail.subject!r}")

    def recall(self, earlier: "Journey") -> None:
        """Go on with the packet of another sitting: the agent still has the mail with the link."""
        self.packet_id = earlier.packet_id
        _, self._secret = self.postbox.wait("the link", LINK_SECRET)

    def enter(self) -> None:
        """The agent asks for a password, reads the second mail, logs in and chooses an own password."""
        self.agent.call("GET", "/packet", expect=401)
        self.agent.call("POST", "/access/password-requests", {"invitation": self._secret}, expect=202)
        _, temporary = self.postbox.wait("the temporary password", TEMPORARY_PASSWORD)
        wrong = {"invitation": self._secret, "password": "not-the-password"}
        self.agent.call("POST", "/access/sessions", wrong, expect=401)
        self.secrets |= {"link": self._secret, "temporary password": temporary}
        login = {"invitation": self._secret, "password": temporary}
        session = self.agent.call("POST", "/access/sessions", login, expect=201).json()
        verify(session["must_change_password"] is True, "a temporary password must be changed", session)
        self.agent.call("GET", "/packet", expect=403)
        weak = {"new_password": "password", "confirm_password": "password"}
        self.agent.call("PUT", "/access/password", weak, expect=422)
        own = {"new_password": cast.PASSWORD, "confirm_password": cast.PASSWORD}
        self.agent.call("PUT", "/access/password", own, expect=204)
        self.agent.call("POST", "/access/sessions", login, expect=401)
        self.timeline.done("entered", "temporary password used up, own password set")

    def agree(self) -> None:
        """Nothing opens before the user agreement is accepted."""
        refused = self.agent.call("GET", "/packet/interview/agent", expect=403).json()
        verify(refused["code"] == "agreement-required", "the agreement comes first", refused)
        version = self.agent.get("/packet/agreement")["version"]
        self.agent.call("PUT", "/packet/agreement", {"version": version, "accepted": True})
        self.wait_for("IN_PROGRESS")
        self.timeline.done("agreed", f"user agreement {version}")

    def answer(self) -> None:
        """Every section is answered; a stale version is refused, sensitive answers come back masked."""
        for section in [row["name"] for row in self.agent.get("/packet")["sections"]]:
            self.answer_section(section)
        stale = self.agent.call(
            "PUT", "/packet/interview/agent", self.person.answers()["agent"], 412, {"If-Match": '"0"'}
        ).json()
        verify(stale["code"] == "stale-version", "a stale version is refused", stale)
        packet = self.agent.get("/packet")
        open_sections = [row["name"] for row in packet["sections"] if not row["complete"]]
        verify(not open_sections, "every section is complete", open_sections)
        self.timeline.done("answered", f"{len(packet['sections'])} sections")

    def answer_section(self, section: str, **changes: Any) -> None:
        """Read a section as it stands, then save it whole."""
        shown = self.agent.get(f"/packet/interview/{section}")
        if section == "background":
            answers: dict[str, Any] = {question["code"]: {"answer": False} for question in shown["questions"]}
        else:
            answers = self.person.answers()[section]
        saved = self.agent.call(
            "PUT", f"/packet/interview/{section}", answers | changes, headers={"If-Match": f'"{shown["version"]}"'}
        ).json()
        verify(saved["version"] == shown["version"] + 1, f"saving {section} counts its version up", saved)
        again = self.agent.call("GET", f"/packet/interview/{section}").text
        verify(self.person.ssn not in again, f"{section} never shows the SSN again")

    def confirm(self) -> None:
        """The summary is masked; confirming freezes the answers and prepares the documents."""
        summary = self.agent.call("GET", "/packet/summary").text
        verify(self.person.ssn not in summary, "the summary masks the SSN")
        verify(self.person.ssn[-4:] in summary, "the summary shows the last four digits")
        self.agent.create("/packet/summary/confirm", expect=200)
        self.wait_for("AWAITING_SIGNATURE")
        frozen = self.agent.call(
            "PUT",
            "/packet/interview/online-presence",
            self.person.answers()["online-presence"],
            409,
            {"If-Match": '"1"'},
        ).json()
        verify(frozen["code"] == "packet-frozen", "frozen answers cannot be changed", frozen)
        documents = self.agent.get("/packet/documents")
        self.timeline.done("confirmed", f"{len(documents)} documents prepared and frozen")

    def consent(self) -> None:
        """The code is read off the shown document and typed back; before that nothing can be signed."""
        refused = self.agent.call("PUT", "/packet/signature", self._signature(), expect=403).json()
        verify(refused["code"] == "consent-required", "consent comes before signing", refused)
        shown = self.agent.get("/packet/consent")
        page = self.agent.call("GET", shown["access_code_document"])
        verify(page.headers["content-type"] == "application/pdf", "the access code is in a PDF", page.headers)
        text = proof.text_of(page.content)
        code = ACCESS_CODE.search(text)
        if code is None:
            raise NotVerified(f"the document shows a code: {text}")
        wrong = {"disclosure_version": shown["disclosure_version"], "access_code": "222222"}
        self.agent.call("POST", "/packet/consent", wrong, expect=422)
        self.agent.create("/packet/consent", wrong | {"access_code": code[1].replace(" ", "")})
        self.timeline.done("consented", f"disclosure {shown['disclosure_version']}, code read from the PDF")

    def sign(self) -> None:
        """Adopt a signature, read every document, sign or acknowledge every required line."""
        someone = self._signature() | {"full_name": "Somebody Else"}
        self.agent.call("PUT", "/packet/signature", someone, expect=422)
        self.agent.call("PUT", "/packet/signature", self._signature())
        signed = 0
        for document in self.agent.get("/packet/documents"):
            content = self._frozen(document)
            self._shown[document["document_id"]] = content
            for field in document["fields"]:
                if not field["required"] or field.get("signed_at"):
                    continue
                if signed == 0:
                    missing = self.agent.call("POST", "/packet/finish", expect=409).json()
                    verify(missing["code"] == "signatures-missing", "finish waits for every signature", missing)
                path = f"/packet/documents/{document['document_id']}/fields/{field['field_id']}"
                own = None if document["act"] == "packet" else {"act": document["act"]}
                self.agent.create(path, own)
                signed += 1
                if signed == 1:
                    self.agent.call("POST", path, expect=409)
        self.timeline.done("signed", f"{signed} lines in {len(self._shown)} documents")

    def finish(self) -> None:
        finished = self.agent.create("/packet/finish", expect=202)
        verify(finished["status"] == "SEALING", "finishing starts the sealing", finished)
        self.timeline.done("finished")

    def received(self) -> None:
        """The packet is sealed, the confirmation mailed, and everything sealed proves itself."""
        self.wait_for("SUBMITTED", VENDOR_PATIENCE)
        mail = self.mail_about("received", re.compile(r"(?i)received"))
        seals, another = self.check_documents()
        again = self.agent.create("/packet/finish", expect=202)
        verify(again["status"] == "SEALING", "finishing again gets the same answer", again)
        readers = "pyHanko and pdfsig" if another else "pyHanko"
        self.timeline.done("received", f"{seals} sealed documents valid ({readers}); mail: {mail.subject!r}")

    def background_clear(self) -> None:
        self.wait_for("APPOINTING", VENDOR_PATIENCE)
        (*_, check) = self.ops()["background_checks"]
        verify(check["result"] == "clear", "the check's result is clear", check)
        verify("clear" not in json.dumps(self.agent.get("/packet")["timeline"]), "the agent sees no result")
        self.timeline.done("background check", "clear")

    def stands_at(self, status: str, reason: str | None = None) -> None:
        """The packet comes to stand where somebody else must act, and the contracting department's queue shows it."""
        self.wait_for(status, VENDOR_PATIENCE)
        found = self.ops()
        verify(reason is None or found["review_reason"] == reason, f"the reason is {reason}", found["review_reason"])
        queue = self.contracting.get(f"/packets?status={status}")
        listed = [one["packet_id"] for one in queue["items"]]
        verify(
            self.packet_id in listed or queue["cursor"] is not None, f"the queue of {status} shows the packet", listed
        )
        self.timeline.done(status.lower().replace("_", " "), found["review_reason"] or "")

    def told_undeliverable(self) -> None:
        """The invitation is marked, and the recruiter has a mail about it."""
        box = Postbox(self._portal, self.person.invitation()["recruiter"]["email"])
        deadline = time.monotonic() + PATIENCE
        while (seen := self.recruiter.get(f"/invitations/{self.packet_id}"))["delivery"] != "undeliverable":
            verify(time.monotonic() < deadline, "a bounce marks the invitation undeliverable", seen)
            time.sleep(0.3)
        while not (told := [mail for mail in box.mails() if self.packet_id in "".join(mail.headers.values())]):
            verify(time.monotonic() < deadline, "the recruiter is told about the bounce")
            time.sleep(0.3)
        (mail,) = told
        self.timeline.done("undeliverable", f"the recruiter was told: {mail.subject!r}")

    def reminded(self, times: int) -> None:
        """So many reminders come, each with the same link."""
        deadline = time.monotonic() + PATIENCE
        while len(found := [mail for mail in self.postbox.mails() if self._secret in mail.text]) < times + 1:
            verify(time.monotonic() < deadline, f"{times} reminders come", [mail.subject for mail in found])
            time.sleep(0.3)
        self.timeline.done("reminded", f"{times} times")

    def wait_for_invitation(self, status: str, patience: float) -> None:
        """Wait until the recruiter sees the status; the agent may have no session to look with."""
        deadline = time.monotonic() + patience
        while (seen := self.recruiter.get(f"/invitations/{self.packet_id}")["status"]) != status:
            verify(time.monotonic() < deadline, f"the invitation becomes {status}", seen)
            time.sleep(0.3)

    def restart_emulator(self) -> None:
        if self._restart is None:
            raise NotVerified("this script needs a stack of its own to restart")
        self._restart()
        self.timeline.done("restarted", "stopped in order, started again on its data")

    def decline(self, reason: str) -> None:
        self.agent.call("POST", "/packet/decline", {"reason": reason})

    def withdraw(self, reason: str) -> None:
        self.recruiter.call("POST", f"/invitations/{self.packet_id}/withdraw", {"reason": reason})

    def closed(self, status: str) -> None:
        """The packet has ended; its link leads nowhere any more and says nothing about why."""
        seen = self.recruiter.get(f"/invitations/{self.packet_id}")["status"]
        verify(seen == status, f"the recruiter sees {status}", seen)
        self.agent.call("GET", "/packet", expect=401)
        before = self.postbox.last()
        self.agent.call("POST", "/access/password-requests", {"invitation": self._secret}, expect=202)
        time.sleep(3)
        late = [
            mail.subject
            for mail in self.postbox.mails()
            if mail.number > before and TEMPORARY_PASSWORD.search(mail.text)
        ]
        verify(not late, "a closed packet sends no password", late)
        self.timeline.done(status.lower())

    def appointed(self, expected: Mapping[str, str]) -> None:
        """Each requested state's true outcome is recorded, and the mail lists it."""
        self.wait_for("PROCESSED", VENDOR_PATIENCE)
        found = {one["state"]: one["status"] for one in self.ops()["appointments"]}
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

    def once_each(self) -> None:
        """However often vendors spoke, everything outward happened once: one mail, one order, one feed of a kind."""
        references = [next(iter(mail.headers.values())) for mail in self.postbox.mails()]
        verify(len(references) == len(set(references)), "no mail was sent twice", references)
        events = [event["type"] for event in self.contracting.get(f"/packets/{self.packet_id}/events")["items"]]
        proof.check_chain(self.contracting.get(f"/packets/{self.packet_id}/events")["items"])
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
        timeline = self.agent.get("/packet")["timeline"]
        self.timeline.road = {row["stage"]: row["at"] for row in timeline if row.get("at")}
        references = [mail.headers for mail in mails]
        verify(all(references), "every mail carries its reference header", references)
        self.keep_mails()
        verifier = ", its own verifier agrees" if found["verifier"] is not None else ""
        self.timeline.done("evidence", f"{found['events']} chained events, {len(mails)} mails{verifier}")

    def check_documents(self) -> tuple[int, bool]:
        """Verify and keep every sealed document; tells how many, and whether a second reader judged them too."""
        folder = self.folder / "documents"
        folder.mkdir(exist_ok=True)
        listed = {row["document_id"]: row["sha256"] for row in self.agent.get("/packet/documents")}
        rows = self.agent.get("/packet/print")
        another = False
        for position, row in enumerate(rows, 1):
            document = row["document_id"]
            sealed = self.agent.call("GET", row["view"]).content
            (folder / f"{position:02d}-{document}.pdf").write_bytes(sealed)
            verify(proof.sha256(sealed) == row["sha256"], f"{document} has the hash that the print packet lists")
            proof.check_seal(document, sealed)
            another = proof.check_with_another_reader(document, sealed)
            if shown := self._shown.get(document):
                verify(proof.sha256(shown) == listed[document], f"{document} kept the hash it was shown with")
                proof.check_frozen_beginning(document, shown, sealed)
        missing = self._shown.keys() - {row["document_id"] for row in rows}
        verify(not missing, "every document that was shown can be printed", missing)
        together = self.agent.call("GET", "/packet/print/all").content
        (self.folder / "print-packet.zip").write_bytes(together)
        with ZipFile(self.folder / "print-packet.zip") as archive:
            verify(len(archive.namelist()) == len(rows), "the print packet holds every row", archive.namelist())
        return len(rows), another

    def status(self) -> str:
        """Where the packet stands, as the agent sees it."""
        status: str = self.agent.get("/packet")["status"]
        return status

    def ops(self) -> dict[str, Any]:
        """The packet as the contracting department sees it."""
        packet: dict[str, Any] = self.contracting.get(f"/packets/{self.packet_id}")
        return packet

    def wait_for(self, wanted: str, patience: float = PATIENCE) -> str:
        """Wait until the packet stands at `wanted`, or beyond it on the regular road; returns where it stands."""
        deadline = time.monotonic() + patience
        status = self.status()
        while time.monotonic() < deadline:
            if status == wanted or (wanted in ROAD and status in ROAD and ROAD.index(status) >= ROAD.index(wanted)):
                return status
            time.sleep(0.3)
            status = self.status()
        raise NotVerified(f"the packet reaches {wanted} within {patience:.0f} s; it stands at {status}: {self._why()}")

    def mail_about(self, what: str, pattern: re.Pattern[str], patience: float = PATIENCE) -> Mail:
        """The first mail whose subject matches."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for mail in self.postbox.mails():
                if pattern.search(mail.subject):
                    return mail
            time.sleep(0.3)
        raise NotVerified(f"the mail about {what} did not come; there: {[m.subject for m in self.postbox.mails()]}")

    def _why(self) -> str:
        """What the contracting department knows about a packet that does not go on."""
        found = self.ops()
        events = self.contracting.get(f"/packets/{self.packet_id}/events")["items"]
        last = [(event["at"], event["type"], event["data"]) for event in events[-6:]]
        return json.dumps(
            {"reason": found["review_reason"], "waiting": found["waiting_effects"], "events": last}, indent=2
        )

    def keep_mails(self) -> None:
        folder = self.folder / "mails"
        folder.mkdir(exist_ok=True)
        for mail in self.postbox.mails():
            headers = "".join(f"{name}: {value}\n" for name, value in mail.headers.items())
            text = f"To: {', '.join(mail.to)}\nSubject: {mail.subject}\n{headers}\n{mail.text}\n"
            (folder / f"{mail.number:06}.txt").write_text(text)
            (folder / f"{mail.number:06}.html").write_text(mail.html)

    def _frozen(self, document: Mapping[str, Any]) -> bytes:
        content = self.agent.call("GET", f"/packet/documents/{document['document_id']}/content").content
        verify(proof.sha256(content) == document["sha256"], f"{document['document_id']} has the hash that is listed")
        verify(content.startswith(b"%PDF-"), f"{document['document_id']} is a PDF")
        return content

    def _signature(self) -> dict[str, str]:
        return {"full_name": self.person.full_name, "initials": self.person.initials, "style": "flowing"}
