"""What the agent does, from the e-vite to the last signature. Every step verifies what it promises."""

import re
from collections.abc import Mapping
from typing import Any

from local.demo import cast, proof
from local.demo.client import NotVerified, verify
from local.demo.onlookers import Onlookers
from local.demo.postbox import LINK_SECRET, TEMPORARY_PASSWORD

# Set in wide letters, so a text extraction may see blanks between them.
ACCESS_CODE = re.compile(r"(?m)^ *((?:[2-9A-HJ-NP-Z] ?){6})$")
PACKET_ACT = "packet"


class Ceremony(Onlookers):
    """The agent's part of the story."""

    def play_until_finished(self) -> None:
        self.invite()
        self.enter()
        self.agree()
        self.answer()
        self.confirm()
        self.consent()
        self.sign()
        self.finish()

    def invite(self) -> None:
        """The recruiter invites; the agent gets the e-vite; no one else sees the packet or the link."""
        invited = self.recruiter.create("/invitations", self.person.invitation())
        self.packet_id = invited["packet_id"]
        verify(invited["status"] == "INVITED", "a new packet is INVITED", invited)
        refused = self.recruiter.call("POST", "/invitations", self.person.invitation(), expect=409).json()
        verify(refused["code"] == "packet-already-open", "a second open packet is refused", refused)
        verify(refused["packet_id"] == self.packet_id, "the refusal points to the open packet", refused)
        self.stranger.call("GET", f"/invitations/{self.packet_id}", expect=404)
        mail, self.link = self.postbox.wait("the link", LINK_SECRET)
        seen = self.recruiter.call("GET", f"/invitations/{self.packet_id}").text
        verify(self.link not in seen, "the recruiter never sees the link's secret")
        self.timeline.done("invited", f"{self.packet_id}, e-vite: {mail.subject!r}")

    def enter(self) -> None:
        """The agent asks for a password, reads the second mail, logs in and chooses a password."""
        self.agent.call("GET", "/packet", expect=401)
        self.agent.call("POST", "/access/password-requests", {"invitation": self.link}, expect=202)
        _, temporary = self.postbox.wait("the temporary password", TEMPORARY_PASSWORD)
        self.secrets |= {"link": self.link, "temporary password": temporary}
        wrong = {"invitation": self.link, "password": "not-the-password"}
        self.agent.call("POST", "/access/sessions", wrong, expect=401)
        login = {"invitation": self.link, "password": temporary}
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
        answers, stale_version = self.person.answers()["agent"], {"If-Match": '"0"'}
        stale = self.agent.call("PUT", "/packet/interview/agent", answers, 412, stale_version).json()
        verify(stale["code"] == "stale-version", "a stale version is refused", stale)
        packet = self.agent.get("/packet")
        open_sections = [row["name"] for row in packet["sections"] if not row["complete"]]
        verify(not open_sections, "every section is complete", open_sections)
        self.timeline.done("answered", f"{len(packet['sections'])} sections")

    def answer_section(self, section: str, **changes: Any) -> None:
        """Read a section as it stands, then save it whole."""
        shown = self.agent.get(f"/packet/interview/{section}")
        if section == "background":
            answers: dict[str, Any] = {
                question["code"]: self.person.background_answer(question["code"]) for question in shown["questions"]
            }
        else:
            answers = self.person.answers()[section]
        seen = {"If-Match": f'"{shown["version"]}"'}
        saved = self.agent.call("PUT", f"/packet/interview/{section}", answers | changes, headers=seen).json()
        verify(saved["version"] == shown["version"] + 1, f"saving {section} counts its version up", saved)
        again = self.agent.call("GET", f"/packet/interview/{section}").text
        verify(self.person.ssn not in again, f"{section} never shows the SSN again")

    def confirm(self) -> None:
        """The summary is masked; confirming freezes the answers and prepares the documents."""
        summary = self.agent.call("GET", "/packet/summary").text
        verify(self.person.ssn not in summary, "the summary masks the SSN")
        verify(self.person.ssn[-4:] in summary, "the summary shows the last four digits")
        self._confirm_what_is_shown()
        self.wait_for("AWAITING_SIGNATURE")
        answers = self.person.answers()["online-presence"]
        frozen = self.agent.call("PUT", "/packet/interview/online-presence", answers, 409, {"If-Match": '"1"'}).json()
        verify(frozen["code"] == "packet-frozen", "frozen answers cannot be changed", frozen)
        self.timeline.done("confirmed", f"{len(self.agent.get('/packet/documents'))} documents prepared and frozen")

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
        """Adopt a signature, open every document, sign or acknowledge every required line."""
        someone = self._signature() | {"full_name": "Someone Else"}
        self.agent.call("PUT", "/packet/signature", someone, expect=422)
        self.agent.call("PUT", "/packet/signature", self._signature())
        missing = self.agent.call("POST", "/packet/finish", expect=409).json()
        verify(missing["code"] == "signatures-missing", "finish waits for every signature", missing)
        signed = self.sign_what_is_open()
        self.timeline.done("signed", f"{signed} lines in {len(self.agent.get('/packet/documents'))} documents")

    def sign_what_is_open(self) -> int:
        """Sign every required line that is not signed; returns how many there were."""
        signed = 0
        for document in self.agent.get("/packet/documents"):
            name = document["document_id"]
            required = [field for field in document["fields"] if field["required"] and not field["signed_at"]]
            paths = [f"/packet/documents/{name}/fields/{field['field_id']}" for field in required]
            # What is an act of its own, as the taxpayer's certification is, is signed under its own name only.
            act = None if document["act"] == PACKET_ACT else {"act": document["act"]}
            if paths and not signed:
                self.agent.call("POST", paths[0], act, expect=409)
            content = self.agent.call("GET", f"/packet/documents/{name}/content").content
            verify(proof.sha256(content) == document["sha256"], f"{name} has the hash that is listed")
            (self._folder_of_shown() / f"{name}.pdf").write_bytes(content)
            if paths and act:
                self.agent.call("POST", paths[0], expect=409)
            for path in paths:
                self.agent.create(path, act)
                signed += 1
                if signed == 1:
                    self.agent.call("POST", path, act, expect=409)
        return signed

    def _confirm_what_is_shown(self) -> None:
        seen = self.agent.get("/packet/summary")["version"]
        self.agent.create("/packet/summary/confirm", expect=200, headers={"If-Match": seen})

    def finish(self) -> None:
        """Finishing starts the sealing, and only once."""
        finished = self.agent.create("/packet/finish", expect=202)
        verify(finished["status"] == "SEALING", "finishing starts the sealing", finished)
        self.timeline.done("finished")

    def correct_ssn(self, ssn: str) -> None:
        """Only what was asked for can be changed, and only what shows it is signed again."""
        asked = self.agent.get("/packet")["correction"]
        verify([one["field"] for one in asked["fields"]] == ["agent.ssn"], "the agent sees what to correct", asked)
        looked = {"If-Match": self.agent.get("/packet/summary")["version"]}
        early = self.agent.call("POST", "/packet/summary/confirm", None, 409, looked).json()
        verify(early["sections"] == ["agent"], "an answer that was not looked at is named", early)
        shown = self.agent.get("/packet/interview/agent")
        seen, answers = {"If-Match": f'"{shown["version"]}"'}, shown["answers"]
        other = answers | {"mobile_phone": "615-555-0199"}
        refused = self.agent.call("PUT", "/packet/interview/agent", other, 422, seen).json()
        verify(refused["errors"][0]["rule"] == "not-requested", "nothing else can be changed", refused)
        before = self._hashes()
        self.agent.call("PUT", "/packet/interview/agent", answers | {"ssn": ssn, "ssn_confirm": ssn}, headers=seen)
        self.secrets |= {"corrected SSN": ssn}
        stale = self.agent.call("POST", "/packet/summary/confirm", None, 412, looked).json()
        verify(stale["code"] == "stale-version", "what is confirmed is what was shown", stale)
        self._confirm_what_is_shown()
        after = self._hashes()
        remade = sorted(name for name in after if after[name] != before[name])
        verify(0 < len(remade) < len(after), "documents that do not show the number stay as they are signed", remade)
        signed = self.sign_what_is_open()
        self.agent.create("/packet/finish", expect=202)
        self.timeline.done("corrected", f"{signed} lines signed again in {', '.join(remade)}")

    def _hashes(self) -> dict[str, str]:
        return {one["document_id"]: one["sha256"] for one in self.agent.get("/packet/documents")}

    def asked_to_correct(self) -> None:
        """The mail names the field, never its value."""
        mail = self.mail_about("the correction", re.compile(r"(?i)correct|please check"))
        verify("Social Security" in mail.text, "the mail names the field to correct", mail.text)
        verify(self.person.ssn[-4:] not in mail.text, "the mail does not show the value", mail.text)
        self.timeline.done("asked to correct", f"{mail.subject!r}")

    def decline(self, reason: str) -> None:
        self.agent.call("POST", "/packet/decline", {"reason": reason})

    def shown(self) -> Mapping[str, bytes]:
        """The documents as the agent last saw them before signing."""
        return {file.stem: file.read_bytes() for file in self._folder_of_shown().glob("*.pdf")}

    def _folder_of_shown(self) -> Any:
        folder = self.folder / "shown"
        folder.mkdir(exist_ok=True)
        return folder

    def _signature(self) -> dict[str, str]:
        return {"full_name": self.person.full_name, "initials": self.person.initials, "style": "flowing"}
