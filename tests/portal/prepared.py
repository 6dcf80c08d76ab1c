"""An agent's road walked through the API, where a test is about what comes after it."""

from __future__ import annotations

from local.demo.client import Agent
from tests.portal.hosts import StackHost
from tests.portal.visitor import ACCESS_CODE, PASSWORD
from tests.support.pdf_text import text_of


def signed_in(host: StackHost) -> Agent:
    """Invited, with a password of their own, agreed."""
    secret = host.invite().rpartition("/")[2]
    agent = Agent(host.url)
    host.ask_for_password()
    agent.call("POST", "/access/password-requests", {"invitation": secret}, expect=202)
    login = {"invitation": secret, "password": host.temporary_password()}
    agent.call("POST", "/access/sessions", login, expect=201)
    agent.call("PUT", "/access/password", {"new_password": PASSWORD, "confirm_password": PASSWORD}, expect=204)
    version = agent.get("/packet/agreement")["version"]
    agent.call("PUT", "/packet/agreement", {"version": version, "accepted": True})
    return agent


def signed_and_finished(host: StackHost) -> None:
    """Every section answered, every line signed, finished."""
    agent = signed_in(host)
    for row in agent.get("/packet")["sections"]:
        shown = agent.get(f"/packet/interview/{row['name']}")
        questions = {question["code"]: {"answer": False} for question in shown.get("questions", ())}
        answers = questions or host.person.answers()[row["name"]]
        seen = {"If-Match": f'"{shown["version"]}"'}
        agent.call("PUT", f"/packet/interview/{row['name']}", answers, headers=seen)
    agent.call("POST", "/packet/summary/confirm", headers={"If-Match": agent.get("/packet/summary")["version"]})
    consent = agent.get("/packet/consent")
    code = ACCESS_CODE.search(text_of(agent.call("GET", consent["access_code_document"]).content))
    assert code is not None
    given = {"disclosure_version": consent["disclosure_version"], "access_code": code[1]}
    agent.call("POST", "/packet/consent", given, expect=201)
    signature = {"full_name": host.full_name, "initials": host.person.initials, "style": "flowing"}
    agent.call("PUT", "/packet/signature", signature)
    for document in agent.get("/packet/documents"):
        path = f"/packet/documents/{document['document_id']}"
        agent.call("GET", f"{path}/content")
        act = None if document["act"] == "packet" else {"act": document["act"]}
        for field in document["fields"]:
            if field["required"] and field["kind"] != "date":
                agent.call("POST", f"{path}/fields/{field['field_id']}", act, expect=201)
    agent.call("POST", "/packet/finish", expect=202)
    agent.close()
