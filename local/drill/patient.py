"""An agent who comes back: whatever dies under a request, the same request is sent again until there is an answer."""

import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from local import staff
from local.config import Config
from local.demo import cast, proof
from local.demo.cast import Person
from local.demo.ceremony import ACCESS_CODE, PACKET_ACT
from local.demo.client import NotVerified
from local.demo.postbox import LINK_SECRET, TEMPORARY_PASSWORD, Postbox

PATIENCE = 900.0
PAUSE, STRAGGLERS = 0.5, 3.0
TROUBLE = (401, 403, 404, 408, 429)  # what may stem from a part that is just gone; 5xx besides


class Doors:
    """Lets so many requests through at once, and none at all while the stack is taken down in order."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._places = threading.Semaphore(width)

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._places:
            yield

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Waits until whoever is inside is out."""
        for _ in range(self._width):
            self._places.acquire()
        try:
            yield
        finally:
            for _ in range(self._width):
                self._places.release()


class Patient:
    """One agent's road from the e-vite to Finish, and what they saw on it."""

    def __init__(self, config: Config, client_id: str, person: Person, doors: Doors) -> None:
        self._config, self._client_id, self._doors = config, client_id, doors
        self.person, self.packet_id, self.repeats = person, "", 0
        self.shown: dict[str, str] = {}
        self._link = ""
        self._portal = config.url("portal")
        self._postbox = Postbox(self._portal, person.email)
        self._agent = httpx.Client(
            base_url=f"{self._portal}/api", headers={"X-Requested-With": "econtracting"}, timeout=60
        )

    def walk(self) -> None:
        self._invite()
        self._enter()
        self._answer()
        self._sign()
        self._create("/packet/finish", 202)

    def _invite(self) -> None:
        token = self._again(lambda: staff.sign_in(self._config.url("emulator"), self._client_id, staff.RECRUITER))
        headers = {"Authorization": f"Bearer {token}"}
        invited = self._create("/invitations", 201, body=self.person.invitation(), headers=headers)
        self.packet_id = invited.json()["packet_id"]
        self._link = self._mailed(LINK_SECRET, after=0)

    def _enter(self) -> None:
        """With as many temporary passwords as it takes: one whose log-in got no answer may be spent."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            before = self._again(self._postbox.last)
            self._call("POST", "/access/password-requests", 202, body={"invitation": self._link})
            self._mailed(TEMPORARY_PASSWORD, after=before)
            time.sleep(STRAGGLERS)  # a request that was repeated has made several, and only the newest counts
            code = self._mailed(TEMPORARY_PASSWORD, after=before)
            body = {"invitation": self._link, "password": code}
            if self._call("POST", "/access/sessions", 201, 401, 429, body=body).status_code != 201:
                continue
            own = {"new_password": cast.PASSWORD, "confirm_password": cast.PASSWORD}
            if self._call("PUT", "/access/password", 204, 401, 422, body=own).status_code == 204 or self._known():
                return
        raise NotVerified(f"{self.person.email} gets in")

    def _known(self) -> bool:
        """Whether the own password was set although no one said so."""
        body = {"invitation": self._link, "password": cast.PASSWORD}
        return self._call("POST", "/access/sessions", 201, 401, 429, body=body).status_code == 201

    def _answer(self) -> None:
        version = self._get("/packet/agreement")["version"]
        self._call("PUT", "/packet/agreement", 200, body={"version": version, "accepted": True})
        for row in self._get("/packet")["sections"]:
            saved = 412
            while saved == 412:
                shown = self._get(f"/packet/interview/{row['name']}")
                questions = {one["code"]: {"answer": False} for one in shown.get("questions", ())}
                answers = self.person.answers().get(row["name"], questions)
                seen = {"If-Match": f'"{shown["version"]}"'}
                path = f"/packet/interview/{row['name']}"
                saved = self._call("PUT", path, 200, 412, body=answers, headers=seen).status_code
        self._create("/packet/summary/confirm", 200, headers={"If-Match": self._get("/packet/summary")["version"]})

    def _sign(self) -> None:
        shown = self._get("/packet/consent")
        page = self._call("GET", shown["access_code_document"], 200)
        code = ACCESS_CODE.search(proof.text_of(page.content))
        if code is None:
            raise NotVerified("the document shows a code")
        given = {"disclosure_version": shown["disclosure_version"], "access_code": code[1].replace(" ", "")}
        self._create("/packet/consent", 201, body=given)
        style = {"full_name": self.person.full_name, "initials": self.person.initials, "style": "flowing"}
        self._call("PUT", "/packet/signature", 200, body=style)
        for document in self._get("/packet/documents"):
            name = document["document_id"]
            content = self._call("GET", f"/packet/documents/{name}/content", 200).content
            self.shown[name] = proof.sha256(content)
            own = None if document["act"] == PACKET_ACT else {"act": document["act"]}
            for box in document["fields"]:
                if box["required"] and not box["signed_at"]:
                    self._create(f"/packet/documents/{name}/fields/{box['field_id']}", 201, body=own)

    def _get(self, path: str) -> Any:
        return self._call("GET", path, 200).json()

    def _create(self, path: str, expect: int, *, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """With one Idempotency-Key for all tries: whatever became of the first, this is the same request."""
        key = {"Idempotency-Key": uuid.uuid4().hex, **(headers or {})}
        return self._call("POST", path, expect, body=body, headers=key)

    def _call(
        self, method: str, path: str, *expect: int, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        def ask() -> httpx.Response:
            with self._doors.one():
                answer = self._agent.request(method, path, json=body, headers=headers)
            if answer.status_code not in expect and (answer.status_code >= 500 or answer.status_code in TROUBLE):
                raise httpx.TransportError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            if answer.status_code not in expect:
                raise NotVerified(f"{method} {path} answers {expect}: {answer.status_code} {answer.text[:800]}")
            return answer

        return self._again(ask)

    def _again(self, act: Any) -> Any:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except NotVerified:
                raise
            except Exception as error:  # whatever dies under a request, the request comes again
                if time.monotonic() > deadline:
                    raise NotVerified(f"{self.person.email} gets an answer: {error!r}") from error
                self.repeats += 1
                time.sleep(PAUSE)

    def _mailed(self, pattern: re.Pattern[str], after: int) -> str:
        """What the newest such mail with a higher number says."""

        def look() -> str:
            for mail in reversed(self._postbox.mails()):
                if mail.number > after and (found := pattern.search(mail.text)):
                    return found[1]
            raise LookupError("not there yet")

        return str(self._again(look))
