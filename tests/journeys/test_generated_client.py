"""The demo's stories, told through a client that a public generator made from the OpenAPI document.

The stories verify what the product promises; underneath, every answer must be one that the document declares and that
the client's own models read without losing a member.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from local import config
from local.demo import troubles
from local.demo.cast import MENDED_SSN, Person, somebody
from local.demo.client import Agent, Caller, verify
from local.demo.journey import Journey
from local.demo.onlookers import VENDOR_PATIENCE, Scene
from local.demo.postbox import LINK_SECRET, Postbox
from local.demo.scenarios import FEW_STATES, SCENARIOS
from local.demo.stacks import Stacks
from local.demo.timeline import Timeline
from local.simulators.signatures import HexHmac, Signer, StandardWebhooks
from local.staff import RECRUITER
from tests.support.generated_client import JUDGES, Generated, generate
from tests.support.uploads import PNG

CODE = re.compile(r"(?m)^\s*([2-9A-HJ-NP-Z]{6})\s*$")
# Called, and answered with a problem: the secret it wants stands in a reminder, which takes this stack five minutes.
REFUSED = {"stop_reminders"}
OTHER_SSN_ON_RECORD = "092"  # the registry shows MENDED_SSN


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    if not JUDGES.is_dir():
        pytest.skip("the generator is not installed: run make setup")
    made, told = generate(tmp_path_factory.mktemp("generated"))
    assert not re.search(r"(?i)warning|error|unable|skip|unsupported", told), told
    return made


@pytest.fixture(scope="module")
def scene(stacks: Stacks, generated: Generated) -> Scene:
    return replace(stacks.one_for("clear"), connect=generated.connect)


def begin(scene: Scene, person: Person, folder: Path, name: str) -> Journey:
    (folder / name).mkdir()
    return Journey(scene, person, Timeline(name), folder / name)


def test_no_operation_is_dropped(generated: Generated) -> None:
    documented = {
        one["operationId"] for operations in generated.document["paths"].values() for one in operations.values()
    }
    assert {one.id for one in generated.operations} == documented
    modules = (Path(generated.package.__file__ or "").parent / "api").glob("*/*.py")
    assert len([one for one in modules if one.name != "__init__.py"]) == len(documented)


def test_the_stories_are_played_and_every_operation_answers(scene: Scene, generated: Generated, tmp_path: Path) -> None:
    clear = begin(scene, SCENARIOS["clear"].person(), tmp_path, "clear")
    SCENARIOS["clear"].play(clear)
    vendors_write(clear, generated)
    notified(begin(scene, SCENARIOS["refused"].person(), tmp_path, "notified"))
    hesitant = somebody("slow", states=FEW_STATES, npn_ending=OTHER_SSN_ON_RECORD)
    second_thoughts(begin(scene, hesitant, tmp_path, "second-thoughts"))
    invited_by_file([begin(scene, somebody(states=FEW_STATES), tmp_path, name) for name in ("one", "two", "three")])
    renamed(clear)
    assert generated.succeeded | REFUSED == {one.id for one in generated.operations}


def renamed(journey: Journey) -> None:
    """The department says what an agency is called; others on this stack know it by the same name."""
    agency, name = RECRUITER.agency_id, "North Star Agency"
    answer = journey.contracting.call("PUT", f"/agencies/{agency}", {"name": name}, 200).json()
    verify(answer == {"agency_id": agency, "name": name}, "an agency is called so", answer)


def vendors_write(journey: Journey, generated: Generated) -> None:
    """Each vendor writes once more as it has before; a first sale in Texas is news."""
    npn, packet = journey.person.npn, journey.packet_id
    vendor = Caller(journey.portal, {}, generated.connect)

    def write(kind: str, message: dict[str, Any], sign: Signer) -> None:
        path, identifier = f"/webhooks/{kind}", f"msg_{kind}_{uuid4().hex}"
        headers = sign(identifier, generated.body_bytes("POST", path, message))
        answer = vendor.call("POST", path, message, 202, headers).json()
        verify(answer == {"accepted": True}, f"what the vendor of {kind} writes is accepted", answer)

    now = datetime.now(UTC)
    report = {"id": "rep_1", "custom_id": f"{packet}-1"}
    checked = {"id": f"evt_{packet}", "type": "report.completed", "data": {"object": report}}
    write("background-checks", checked, HexHmac(config.BACKGROUND_CHECK_KEY))
    answered = {"transaction_id": "txn_1", "external_ref": f"{packet}-AL", "state": "AL", "status": "APPROVED"}
    ours = next(one["transaction_id"] for one in journey.ops()["appointments"] if one["state"] == "AL")
    for news in (answered, answered | {"transaction_id": ours, "status": "REJECTED"}):
        write(
            "appointments",
            {"type": "appointment.updated", "timestamp": now.isoformat(), "data": news},
            StandardWebhooks(config.APPOINTMENT_WEBHOOK_SECRET),
        )
    looked_at(journey)
    course = {"npn": npn, "external_ref": packet, "course": "medicare-basics", "plan_year": now.year + 1, "score": 92}
    write(
        "certifications",
        {"type": "course.completed", "timestamp": now.isoformat(), "data": course},
        StandardWebhooks(config.CERTIFICATION_WEBHOOK_SECRET),
    )
    sale = {"sale_id": f"sale_{packet}", "npn": npn, "state": "TX", "product": "MAPD"}
    write(
        "sales",
        {
            "type": "sale.reported",
            "timestamp": now.isoformat(),
            "data": {**sale, "received_on": now.date().isoformat()},
        },
        StandardWebhooks(config.SALES_WEBHOOK_SECRET),
    )
    journey.wait_until(
        "Texas approves after the first sale", lambda: journey.appointments()["TX"] == "APPROVED", VENDOR_PATIENCE
    )
    site = Caller(journey.portal, {"Authorization": f"Bearer {config.CERTIFICATION_SITE_KEY}"}, generated.connect)
    known = site.get(f"/producers/{npn}/certification-status")
    verify(known["loaded"] is True, "the certification site is told that it knows the producer", known)


def looked_at(journey: Journey) -> None:
    """An answer to another filing is set aside; one that takes an approval back is accepted."""
    waiting = {one["reason"]: one for one in journey.messages() if one["packet_id"] == journey.packet_id}
    verify(set(waiting) == {"PARTS_DISAGREE", "NEWS_AFTER_FINAL"}, "both wait for a person", waiting)
    shown = journey.contracting.get(f"/messages/{waiting['PARTS_DISAGREE']['message_id']}")
    verify("txn_1" in shown["body"], "what it says can be read", shown)
    journey.settle(waiting["PARTS_DISAGREE"], "set-aside", "Of another filing.")
    journey.settle(waiting["NEWS_AFTER_FINAL"], "replay", "The gateway confirms it.")
    verify(journey.appointments()["AL"] == "REJECTED", "what was accepted stands", journey.appointments())


def notified(journey: Journey) -> None:
    """The notice about a report comes and is disputed; the agent wants paper, and leaves."""
    journey.play_until_finished()
    journey.stands_at("ADVERSE_REVIEW")
    journey.wait_until(
        "the copy of the report is fetched",
        lambda: "adverse.copy_kept" in [event["type"] for event in journey.events()],
        VENDOR_PATIENCE,
    )
    journey.decide("pre-adverse", "The report shows a conviction that bears on selling insurance.")
    journey.wait_until("the notice is there", lambda: bool(journey.agent.get("/packet/notices")["items"]))
    troubles.disputed(journey)
    wanted = journey.agent.create("/packet/paper-copies", {}, expect=202)
    listed = [row["document_id"] for row in journey.agent.get("/packet/documents")]
    verify(wanted["documents"] == listed, "every document comes on paper", wanted)
    bound = journey.agent.call("GET", "/packet/print/all?format=pdf").content
    verify(bound.startswith(b"%PDF"), "everything can be had in one file")
    journey.agent.call("DELETE", "/access/sessions/current", expect=204)
    journey.agent.call("GET", "/packet", expect=401)


def second_thoughts(journey: Journey) -> None:
    """Files, another address, a number the registry shows otherwise, answers opened again; then all is corrected."""
    agent = journey.agent
    journey.invite()
    journey.enter()
    session = agent.get("/access/sessions/current")
    verify(session["must_change_password"] is False, "the session is the agent's own", session)
    journey.agree()
    uploaded(agent)
    journey.answer()
    told = agent.get("/packet/identity")
    fields = [one["field"] for one in told["differences"]]
    verify(fields == ["agent.ssn"], "the registry shows another number", told)
    kept = agent.call("POST", "/packet/identity/confirmations", {"fields": fields}).json()
    verify(
        kept["differences"] == [] or all(one.get("kept") for one in kept["differences"]), "the agent stands by it", kept
    )
    reached_elsewhere(journey)
    journey.confirm()
    reopened = agent.call("POST", "/packet/summary/reopen").json()
    verify(reopened["status"] == "IN_PROGRESS", "answers can be opened while nothing is signed", reopened)
    journey.confirm()
    journey.consent()
    styles = [one["id"] for one in agent.get("/packet/signature")["styles"]]
    wish = {"full_name": journey.person.full_name, "initials": journey.person.initials, "style": styles[0]}
    picture = agent.call("POST", "/packet/signature/preview", wish).content
    verify(picture.startswith(b"\x89PNG"), "a signature is seen before it is adopted")
    journey.sign()
    verify(agent.call("GET", "/packet/signature/preview").content.startswith(b"\x89PNG"), "and after")
    journey.finish()
    journey.wait_for("BACKGROUND_CHECK", VENDOR_PATIENCE)
    asked = {"fields": ["agent.ssn"], "reason": "It does not match."}
    corrected = journey.contracting.create(f"/packets/{journey.packet_id}/corrections", asked, expect=200)
    verify(corrected["status"] == "CORRECTION_REQUESTED", "the agent is asked", corrected)
    journey.correct_ssn(MENDED_SSN)
    ended = agent.call("POST", "/packet/consent/withdraw", {"reason": "Paper, please."}).json()
    verify(ended["consequence"] != "", "the consequence is told", ended)


def uploaded(agent: Agent) -> None:
    """A file goes straight to storage, is looked at, and is taken away again."""
    file, key = {"file_name": "license.png", "content_type": "image/png", "size": len(PNG)}, {"Idempotency-Key": "one"}
    announced, again = (agent.call("POST", "/packet/attachments", file, 201, key).json() for _ in range(2))
    # The form to upload with is signed again each time; the file is the same.
    verify(again["attachment_id"] == announced["attachment_id"], "one announcement is one file", again)
    upload, path = announced["upload"], f"/packet/attachments/{announced['attachment_id']}"
    sent = httpx.post(upload["url"], data=upload["fields"], files={"file": PNG}, timeout=30)
    verify(sent.is_success, "the file can be uploaded where the answer says", sent.text)
    looked_at = agent.call("POST", f"{path}/complete").json()
    verify(looked_at["status"] == "PASSED", "a picture passes", looked_at)
    verify(agent.get("/packet/attachments")["items"] == [looked_at], "the file is listed", looked_at)
    agent.call("DELETE", path, expect=204)
    verify(agent.get("/packet/attachments")["items"] == [], "the file is gone")


def reached_elsewhere(journey: Journey) -> None:
    """Letters go to another address once a code mailed there is typed."""
    other = journey.person.email.replace("dana.", "dana.elsewhere.")
    journey.answer_section("agent", email=other)
    journey.agent.call("POST", "/packet/email-confirmations", expect=202)
    _, code = Postbox(journey.portal, other).wait("the code", CODE)
    confirmed = journey.agent.call("PUT", "/packet/email-confirmations", {"code": code}).json()
    verify(confirmed["email"] == other, "the new address is confirmed", confirmed)
    for language in ("es", "en"):
        chosen = journey.agent.call("PUT", "/packet/language", {"language": language}).json()
        verify(chosen["language"] == language, "the agent is answered in another language", chosen)


def invited_by_file(journeys: Sequence[Journey]) -> None:
    """Three people come in one file: one is withdrawn, one is not the person meant, one declines."""
    withdrawn, mistaken, declined = journeys
    file = bulk_file([one.person for one in journeys])
    recruiter = withdrawn.recruiter
    empty = recruiter.call("GET", "/invitations/template.csv", None, 200).text
    verify(empty.lstrip("\ufeff").startswith("first_name,"), "there is a file to fill in", empty)
    checked = recruiter.call("POST", "/invitations/bulk?dry_run=true", file, 200).json()
    verify([row["outcome"] for row in checked["rows"]] == ["valid"] * 3, "a file can be checked first", checked)
    taken = recruiter.call("POST", "/invitations/bulk", file, 202).json()
    verify([row["outcome"] for row in taken["rows"]] == ["created"] * 3, "every row is invited", taken)
    for journey, row in zip(journeys, taken["rows"], strict=True):
        journey.packet_id = row["packet_id"]
    listed = recruiter.get("/invitations?status=INVITED")["items"]
    ids = {one.packet_id for one in journeys}
    verify(ids <= {one["packet_id"] for one in listed}, "the recruiter's list shows them", listed)

    path = f"/invitations/{withdrawn.packet_id}"
    sent = recruiter.call("POST", f"{path}/resend", None, 202, {"Idempotency-Key": f"resend {path}"}).json()
    verify(sent["packet_id"] == withdrawn.packet_id, "the link is mailed once more", sent)
    longer = recruiter.call("POST", f"{path}/extend", {"days": 3}, 200, {"Idempotency-Key": f"extend {path}"}).json()
    verify(longer["status"] == "INVITED", "an invitation can live longer", longer)
    changed = recruiter.call("PUT", f"{path}/pre-appointment-states", {"states": ["AL"]}).json()
    verify(changed["pre_appointment_states"] == ["AL"], "the states can be set", changed)
    moved = recruiter.call("PUT", f"{path}/agent-email", {"email": f"moved.{withdrawn.person.email}"}).json()
    verify(moved["agent"]["email"].startswith("moved."), "the address can be corrected", moved)
    withdrawn.withdraw("The position is filled.")

    for journey in (mistaken, declined):
        _, journey.link = journey.postbox.wait("the link", LINK_SECRET)
        journey.enter()
    page = mistaken.agent.call("GET", "/reminder-stops?token=of-no-reminder", expect=303)
    verify(page.headers["location"] == "/#/reminders/of-no-reminder", "looking at the link leads to the page", page)
    none = mistaken.agent.call("POST", "/reminder-stops?token=of-no-reminder", expect=404).json()
    verify(none["code"] == "link-unknown", "a link of no reminder stops none", none)
    silent = mistaken.agent.call("PUT", "/packet/reminders", {"on": False}).json()
    verify(silent["on"] is False, "reminders can be stopped", silent)
    ended = mistaken.agent.call("POST", "/packet/wrong-recipient").json()
    verify(ended["status"] == "DECLINED", "the wrong person ends it", ended)
    declined.decline("I have found another carrier.")


def bulk_file(people: Sequence[Person]) -> bytes:
    """The invitations of some people as a recruiter's CSV file."""
    text = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for person in people:
        asked = person.invitation()
        row = {
            **asked["agent"],
            **{f"recruiter_{name}": value for name, value in asked["recruiter"].items()},
            "agency_name": asked["agency"]["name"],
            "level": asked["level"],
            "pre_appointment_states": " ".join(asked["pre_appointment_states"]),
        }
        if writer is None:
            writer = csv.DictWriter(text, row)
            writer.writeheader()
        writer.writerow(row)
    return text.getvalue().encode()
