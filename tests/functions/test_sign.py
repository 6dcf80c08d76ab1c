"""The signing ceremony through its door: what is asked first, what is refused, what is recorded."""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from econtracting import wiring
from econtracting.domain.audit import verify
from econtracting.domain.signing.signing import AdoptedSignature, Adoption, Document
from tests.support import byte_pictures, foreign_files, journey
from tests.support.pictures import DRAWN_SIGNATURE
from tests.support.stages import Stages, stages
from tests.support.world import Answer, World

NAME = "Dana Lee Rivers"
SIGNATURE = {"full_name": NAME, "initials": "DLR", "style": "flowing"}
PNG = base64.b64encode(DRAWN_SIGNATURE).decode()


@pytest.fixture(scope="module")
def road() -> Iterator[Stages]:
    with stages() as walked:
        yield walked


@pytest.fixture
def frozen(road: Stages) -> World:
    """A packet whose documents are prepared; nothing is consented to."""
    return road.at("frozen")


@pytest.fixture
def consented(road: Stages) -> World:
    return road.at("consented")


@pytest.fixture
def adopted(road: Stages) -> World:
    return road.at("adopted")


@pytest.fixture
def signed(road: Stages) -> World:
    return road.at("signed")


def packet_id(world: World) -> str:
    return str(world.call("GET", "/packet").json["packet_id"])


def document(world: World, document_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = world.call("GET", "/packet/documents").json
    return next(one for one in found if one["document_id"] == document_id)


def open_(world: World, document_id: str) -> Answer:
    return journey.expect(world.call("GET", f"/packet/documents/{document_id}/content"), 200)


def sign(world: World, document_id: str, field_id: str, **body: Any) -> Answer:
    return world.call("POST", f"/packet/documents/{document_id}/fields/{field_id}", body or None)


def events(world: World, kind: str) -> list[Any]:
    return [event for event in wiring.packets().events(packet_id(world)) if event.type == kind]


def rules(answer: Answer) -> set[str]:
    assert answer.status == 422, (answer.status, answer.body)
    return {f"{one['field']}: {one['rule']}" for one in answer.json["errors"]}


# consent


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/packet/signature", SIGNATURE),
        ("POST", "/packet/signature/preview", SIGNATURE),
        ("POST", "/packet/documents/application/fields/signature", None),
        ("POST", "/packet/finish", None),
    ],
)
def test_nothing_is_signed_before_consent(frozen: World, method: str, path: str, body: Any) -> None:
    answer = frozen.call(method, path, body)
    assert (answer.status, answer.json["code"]) == (403, "consent-required")


def test_the_disclosure_says_everything_the_law_wants_said(frozen: World) -> None:
    shown = frozen.call("GET", "/packet/consent").json
    for element in (
        "right to paper",
        "no fee",
        "withdraw",
        "If you withdraw before you have finished",
        "What this covers",
        "Keeping your contact data current",
        "paper copies later",
        "What you need",
        "Showing that you can open",
    ):
        assert element in shown["disclosure"]
    assert shown["company"]["phone"] in shown["disclosure"]
    assert shown["withdraw_consequence"]


def test_the_first_showing_of_the_disclosure_is_recorded_once_with_its_time(frozen: World) -> None:
    first = frozen.call("GET", "/packet/consent").json
    frozen.clock.pass_(minutes=3)
    again = frozen.call("GET", "/packet/consent").json
    (event,) = events(frozen, "disclosure.shown")
    assert again["shown_at"] == first["shown_at"]
    assert event.at == datetime.fromisoformat(first["shown_at"])


def test_consent_to_a_disclosure_that_was_not_shown_is_refused(frozen: World) -> None:
    given = {"disclosure_version": "2026-11", "access_code": "AAAAAA"}
    assert frozen.call("POST", "/packet/consent", given).status == 412


def test_consent_to_another_version_is_refused(frozen: World) -> None:
    frozen.call("GET", "/packet/consent")
    answer = frozen.call("POST", "/packet/consent", {"disclosure_version": "1999-01", "access_code": "AAAAAA"})
    assert (answer.status, answer.json["current_version"]) == (412, "2026-11")


def test_the_access_code_is_sent_as_a_document_from_where_the_disclosure_says(frozen: World) -> None:
    answer = frozen.call("GET", "/packet/consent/access-code")
    assert (answer.status, answer.headers["Content-Type"]) == (200, ["application/pdf"])
    assert answer.body.startswith(b"%PDF-")
    assert frozen.call("GET", "/packet/consent").json["access_code_document"] == "/packet/consent/access-code"


def test_a_wrong_access_code_proves_nothing(frozen: World) -> None:
    frozen.call("GET", "/packet/consent")
    answer = frozen.call("POST", "/packet/consent", {"disclosure_version": "2026-11", "access_code": "222222"})
    assert rules(answer) == {"access_code: access-code"}


def test_consent_is_asked_for_again_when_the_disclosure_changes(
    consented: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = wiring.packet_type("meridian")
    newer = definition.model_copy(
        update={"disclosure": definition.disclosure.model_copy(update={"version": "2027-01"})}
    )
    monkeypatch.setattr("econtracting.packet_types.load", lambda _: newer)
    assert consented.call("PUT", "/packet/signature", SIGNATURE).json["code"] == "consent-required"
    journey.consent(consented)
    assert len(events(consented, "disclosure.shown")) == 2
    journey.adopt(consented)


def test_withdrawing_consent_before_finishing_ends_the_packet_and_says_so(consented: World) -> None:
    of = packet_id(consented)
    answer = journey.expect(consented.call("POST", "/packet/consent/withdraw", {"reason": "paper, please"}), 200)
    assert answer.json["status"] == "DECLINED"
    assert "paper" in answer.json["consequence"]
    assert consented.status(of) == "DECLINED"


def test_withdrawing_what_was_never_given_is_refused(frozen: World) -> None:
    assert frozen.call("POST", "/packet/consent/withdraw", {"reason": "x"}).json["code"] == "consent-required"


def test_paper_copies_are_asked_for_and_the_contracting_department_is_told(consented: World) -> None:
    answer = journey.expect(consented.call("POST", "/packet/paper-copies", {"documents": ["w9", "application"]}), 202)
    assert answer.json["documents"] == ["w9", "application"]
    (event,) = events(consented, "paper.copies_requested")
    assert event.data == {"documents": ["w9", "application"]}


def test_a_paper_copy_of_a_document_the_packet_lacks_is_refused(consented: World) -> None:
    answer = consented.call("POST", "/packet/paper-copies", {"documents": ["eft-form"]})
    assert (answer.status, answer.json["code"]) == (404, "document-not-found")


# adopting a signature


def test_there_are_at_least_four_styles_and_the_statement_to_adopt(consented: World) -> None:
    shown = journey.expect(consented.call("GET", "/packet/signature"), 200).json
    assert len(shown["styles"]) >= 4
    assert "my signature" in shown["statement"]
    assert (shown["full_name"], shown["initials"], shown["adopted"]) == (NAME, "DLR", None)


def test_only_the_name_of_record_is_adopted(consented: World) -> None:
    answer = consented.call("PUT", "/packet/signature", SIGNATURE | {"full_name": "Someone Else"})
    assert rules(answer) == {"full_name: name-of-record"}


def test_case_and_spaces_of_the_name_do_not_matter(consented: World) -> None:
    journey.expect(consented.call("PUT", "/packet/signature", SIGNATURE | {"full_name": " dana  lee RIVERS "}), 200)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"style": "comic"}, "style: style"),
        ({"style": None}, "style: required"),
        ({"initials": "D1"}, "initials: initials"),
        ({"initials": "DLRXX"}, "initials: string-too-long"),
        ({"image": PNG, "strokes": [[[1, 1], [50, 50]]]}, "strokes: one-picture"),
        ({"strokes": []}, "strokes: strokes"),
        ({"strokes": [[], [[1, 1], [50, 50]]]}, "strokes: strokes"),
        ({"strokes": [[[5, 5], [6, 6]]]}, "strokes: blank"),
        ({"strokes": [[[5, 5], [1e9, 6]]]}, "strokes: strokes"),
        ({"font": "x"}, "font: extra-forbidden"),
    ],
)
def test_a_signature_that_cannot_be_is_refused_by_field(consented: World, change: Any, rule: str) -> None:
    assert rules(consented.call("PUT", "/packet/signature", SIGNATURE | change)) == {rule}


def image(kind: str = "PNG", size: tuple[int, int] = (200, 80), color: str = "black") -> bytes:
    target = BytesIO()
    picture = Image.new("RGB", size, "white")
    picture.paste(color, (20, 30, size[0] - 20, 40))
    picture.save(target, kind)
    return target.getvalue()


def huge_png() -> bytes:
    """Nine hundred megapixels of nothing in a few kilobytes."""
    target = BytesIO()
    Image.new("1", (30_000, 30_000)).save(target, "PNG", compress_level=9)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a PDF", b"%PDF-1.7\n1 0 obj", "image-type"),
        ("an SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image-type"),
        ("a GIF", b"GIF89a" + bytes(40), "image-type"),
        ("a bomb", huge_png(), "too-many-pixels"),
        ("half a file", image()[:120], "damaged"),
        ("a HEIC photo", foreign_files.HEIC, "image-type"),
        ("a film behind half a JPEG", image("JPEG")[:400] + b"ftypmp42", "damaged"),
        ("a blank page", image(color="white"), "blank"),
        ("too many bytes", DRAWN_SIGNATURE + bytes(500_000), "size"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_what_is_no_honest_image_is_refused(consented: World, name: str, content: bytes, rule: str) -> None:
    wish = {"full_name": NAME, "initials": "DLR", "image": base64.b64encode(content).decode()}
    assert rules(consented.call("PUT", "/packet/signature", wish)) == {f"image: {rule}"}, name
    assert events(consented, "signature.adopted") == []


@pytest.mark.brings("P4")
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (foreign_files.HEIC, "Most Compatible"),
        (foreign_files.WEBP, "WebP picture"),
        (foreign_files.TIFF, "scanner to JPEG or PNG"),
        (b"%PDF-1.7\n", "This is a PDF. Please take a photo"),
        (b"Dana Rivers", "This is a text file. Please take a photo"),
        (b"", "empty"),
    ],
)
def test_what_is_no_picture_of_a_signature_is_called_by_its_true_name(
    consented: World, content: bytes, told: str
) -> None:
    wish = {"full_name": NAME, "initials": "DLR", "image": base64.b64encode(content).decode()}
    answer = consented.call("PUT", "/packet/signature", wish)
    assert rules(answer) == {"image: image-type"}
    assert told in answer.json["errors"][0]["message"]


@pytest.mark.brings("P3", "P4")
@pytest.mark.parametrize(
    ("content", "called"),
    [
        (image("JPEG") + b"<script>alert(1)</script>", "image/jpeg"),
        (image("JPEG") + b"\0\0\0\x18ftypmp42" + bytes(500), "image/pjpeg"),
        (image("JPEG") + image("JPEG", color="red"), "image/png"),
        (image("PNG") + bytes(100), "application/octet-stream"),
        (image("PNG"), ""),
        (image("PNG"), "image/x-png;charset=binary"),
    ],
)
def test_a_picture_is_taken_as_it_is_seen_whatever_it_is_called_and_whatever_stands_behind_it(
    consented: World, content: bytes, called: str
) -> None:
    url = f"data:{called};base64," + base64.b64encode(content).decode()
    answer = consented.call("PUT", "/packet/signature", {"full_name": NAME, "initials": "DLR", "image": url})
    assert journey.expect(answer, 200).json["method"] == "uploaded"


@pytest.mark.brings("P1")
def test_a_gray_scan_of_sixteen_bits_is_adopted_with_all_its_ink(consented: World) -> None:
    content = byte_pictures.png(byte_pictures.bar([0x3000], [0xF800]), byte_pictures.GRAY, 16)
    wish = {"full_name": NAME, "initials": "DLR", "image": base64.b64encode(content).decode()}
    journey.expect(consented.call("PUT", "/packet/signature", wish), 200)
    adoption = wiring.packets().find(Adoption, packet_id(consented))
    assert adoption is not None
    assert adoption.image_key is not None
    with Image.open(BytesIO(wiring.documents().read(adoption.image_key))) as kept:
        assert kept.convert("L").getextrema() == (48, 248)


@pytest.mark.parametrize("disguised", [b"%PDF-1.7\n1 0 obj", b"<svg/>"])
def test_a_disguise_as_png_does_not_help(consented: World, disguised: bytes) -> None:
    url = "data:image/png;base64," + base64.b64encode(disguised).decode()
    wish = {"full_name": NAME, "initials": "DLR", "image": url}
    assert rules(consented.call("PUT", "/packet/signature", wish)) == {"image: image-type"}


def with_a_comment() -> bytes:
    target, comment = BytesIO(), PngInfo()
    comment.add_text("Comment", "<script>alert(1)</script>")
    with Image.open(BytesIO(image())) as picture:
        picture.save(target, "PNG", pnginfo=comment)
    return target.getvalue()


def test_an_uploaded_image_is_stored_anew_without_what_came_along(consented: World) -> None:
    wish = {"full_name": NAME, "initials": "DLR", "image": base64.b64encode(with_a_comment()).decode()}
    answer = journey.expect(consented.call("PUT", "/packet/signature", wish), 200).json
    assert answer["method"] == "uploaded"
    adoption = wiring.packets().find(Adoption, packet_id(consented))
    assert adoption is not None
    assert adoption.image_key is not None
    kept = wiring.documents().read(adoption.image_key)
    assert kept.startswith(b"\x89PNG")
    assert b"script" not in kept


def test_strokes_become_a_picture(consented: World) -> None:
    wish = {"full_name": NAME, "initials": "DLR", "strokes": [[[0, 0], [40, 60], [90, 10]], [[100, 30], [180, 35]]]}
    answer = journey.expect(consented.call("PUT", "/packet/signature", wish), 200).json
    assert (answer["method"], len(answer["image_sha256"])) == ("drawn", 64)


def test_the_same_signature_twice_is_one_adoption(consented: World) -> None:
    first = journey.expect(consented.call("PUT", "/packet/signature", SIGNATURE), 200).json
    assert journey.expect(consented.call("PUT", "/packet/signature", SIGNATURE), 200).json == first
    assert len(events(consented, "signature.adopted")) == 1


def test_a_preview_shows_the_signature_before_and_after_it_is_adopted(consented: World) -> None:
    before = journey.expect(consented.call("POST", "/packet/signature/preview", SIGNATURE), 200)
    assert before.headers["Content-Type"] == ["image/png"]
    assert consented.call("GET", "/packet/signature/preview").status == 404
    journey.adopt(consented)
    after = journey.expect(consented.call("GET", "/packet/signature/preview"), 200)
    assert Image.open(BytesIO(after.body)).size == Image.open(BytesIO(before.body)).size


def test_previews_of_two_styles_differ(consented: World) -> None:
    one, other = (
        consented.call("POST", "/packet/signature/preview", SIGNATURE | {"style": style}).body
        for style in ("flowing", "formal")
    )
    assert one != other


def test_a_new_signature_leaves_what_is_signed_as_it_is(adopted: World) -> None:
    open_(adopted, "application")
    journey.expect(sign(adopted, "application", "signature"), 201)
    journey.expect(adopted.call("PUT", "/packet/signature", SIGNATURE | {"style": "brush"}), 200)
    open_(adopted, "hipaa-regulatory")
    journey.expect(sign(adopted, "hipaa-regulatory", "signature"), 201)
    of = packet_id(adopted)
    styles = []
    for name in ("application", "hipaa-regulatory"):
        found = wiring.packets().find(Document, of, name)
        assert found is not None
        look = wiring.packets().find(AdoptedSignature, of, found.signed["signature"].signature_id)
        assert look is not None
        styles.append(look.style)
    assert styles == ["flowing", "brush"]


def marks(world: World, document_id: str) -> dict[str, Any]:
    return {box["field_id"]: box["mark"] for box in document(world, document_id)["fields"]}


def test_the_agent_is_told_what_will_be_sealed(consented: World) -> None:
    """The initials and the name as they were adopted, not as they could be made from the name of record."""
    wish = SIGNATURE | {"full_name": "dana  lee RIVERS", "initials": "dr"}
    adopted = journey.expect(consented.call("PUT", "/packet/signature", wish), 200).json
    assert (adopted["full_name"], adopted["initials"]) == ("dana lee RIVERS", "DR")
    shown = journey.expect(consented.call("GET", "/packet/signature"), 200).json
    assert shown["adopted"] == adopted
    assert (shown["full_name"], shown["initials"]) == (NAME, "DLR")
    open_(consented, "application")
    assert set(marks(consented, "application").values()) == {None}
    journey.expect(sign(consented, "application", "initials"), 201)
    journey.expect(sign(consented, "application", "signature"), 201)
    look = {"style": "flowing", "picture": False}
    assert marks(consented, "application") == {
        "signature": {"text": "dana lee RIVERS"} | look,
        "initials": {"text": "DR"} | look,
        "date": {"text": "11-24-2026"} | look,
    }


def test_a_line_is_told_with_the_signature_it_was_signed_with(adopted: World) -> None:
    open_(adopted, "application")
    journey.expect(sign(adopted, "application", "initials"), 201)
    drawn = {"full_name": NAME, "initials": "DR", "image": PNG}
    journey.expect(adopted.call("PUT", "/packet/signature", drawn), 200)
    journey.expect(sign(adopted, "application", "signature"), 201)
    found = marks(adopted, "application")
    assert (found["initials"]["text"], found["initials"]["picture"]) == ("DLR", False)
    assert (found["signature"]["text"], found["signature"]["picture"]) == (NAME, True)


def test_an_old_password_entry_is_too_old_to_adopt_a_signature(consented: World) -> None:
    consented.clock.pass_(minutes=11)
    answer = consented.call("PUT", "/packet/signature", SIGNATURE)
    assert (answer.status, answer.json["code"], answer.json["within_seconds"]) == (403, "step-up-required", 600)
    secret = journey.link_secret(consented)
    again = {"invitation": secret, "password": journey.PASSWORD}
    journey.expect(consented.call("POST", "/access/sessions", again), 201)
    journey.adopt(consented)


# field by field


def test_nothing_is_signed_unread(adopted: World) -> None:
    answer = sign(adopted, "application", "signature")
    assert (answer.status, answer.json["code"]) == (409, "document-not-opened")
    open_(adopted, "application")
    journey.expect(sign(adopted, "application", "signature"), 201)


def test_an_opening_before_consent_does_not_count(frozen: World) -> None:
    open_(frozen, "fcra-disclosure")
    journey.consent(frozen)
    journey.adopt(frozen)
    assert sign(frozen, "fcra-disclosure", "acknowledge").json["code"] == "document-not-opened"


def test_opening_is_recorded_once_for_every_document(adopted: World) -> None:
    for _ in range(3):
        open_(adopted, "application")
    (event,) = events(adopted, "document.opened")
    assert event.data["document"] == "application"
    assert event.data["sha256"] == document(adopted, "application")["sha256"]


def test_a_signature_needs_an_adopted_one(consented: World) -> None:
    open_(consented, "application")
    assert sign(consented, "application", "signature").json["code"] == "signature-required"


def test_a_field_is_signed_once(adopted: World) -> None:
    open_(adopted, "application")
    journey.expect(sign(adopted, "application", "signature"), 201)
    answer = sign(adopted, "application", "signature")
    assert (answer.status, answer.json["code"]) == (409, "already-signed")


@pytest.mark.parametrize(
    ("document_id", "field_id", "code"),
    [
        ("application", "no-such-field", "field-not-found"),
        ("no-such-document", "signature", "document-not-found"),
        ("affiliates", "signature", "field-not-found"),
        ("eft-form", "signature", "document-not-found"),
    ],
)
def test_an_unknown_place_is_not_found(adopted: World, document_id: str, field_id: str, code: str) -> None:
    answer = sign(adopted, document_id, field_id)
    assert (answer.status, answer.json["code"]) == (404, code)


def test_another_packets_document_is_not_found(adopted: World) -> None:
    """The path names no packet: the session does, so a stranger's document cannot even be asked for."""
    first = adopted.cookie
    other = {
        "agent": {"first_name": "Ana", "last_name": "Brook", "email": "ana@example.com", "npn": "15645563"},
    }
    journey.invite(adopted, **other)
    adopted.cookie = None
    journey.come_in(adopted)
    journey.agree(adopted)
    assert adopted.call("GET", "/packet/documents/application/content").json["code"] == "document-not-found"
    assert sign(adopted, "application", "signature").json["code"] == "consent-required"
    adopted.cookie = first
    assert open_(adopted, "application").status == 200


def test_dates_fill_themselves_in(adopted: World) -> None:
    open_(adopted, "hipaa-regulatory")
    assert sign(adopted, "hipaa-regulatory", "date").json["code"] == "automatic-field"
    journey.expect(sign(adopted, "hipaa-regulatory", "signature"), 201)
    (date,) = [box for box in document(adopted, "hipaa-regulatory")["fields"] if box["kind"] == "date"]
    assert date["signed_at"] is not None


def test_the_taxpayer_form_is_not_signed_along_with_the_rest(adopted: World) -> None:
    open_(adopted, "w9")
    answer = sign(adopted, "w9", "signature")
    assert (answer.status, answer.json["code"], answer.json["act"]) == (409, "separate-act-required", "w9")
    assert answer.json["statement"].startswith("Under penalties of perjury")
    journey.expect(sign(adopted, "w9", "signature", act="w9"), 201)


def test_no_other_document_is_signed_under_the_taxpayer_act(adopted: World) -> None:
    open_(adopted, "application")
    assert sign(adopted, "application", "signature", act="w9").json["code"] == "wrong-act"


def test_item_two_is_struck_out_before_the_form_is_signed_or_never(adopted: World) -> None:
    open_(adopted, "w9")
    journey.expect(sign(adopted, "w9", "strike-item-2", act="w9"), 201)
    assert document(adopted, "w9")["complete"] is False
    journey.expect(sign(adopted, "w9", "signature", act="w9"), 201)


def test_a_signed_taxpayer_form_is_not_struck_afterwards(adopted: World) -> None:
    open_(adopted, "w9")
    journey.expect(sign(adopted, "w9", "signature", act="w9"), 201)
    assert sign(adopted, "w9", "strike-item-2", act="w9").json["code"] == "document-completed"


def test_signing_goes_on_where_it_was_left(adopted: World) -> None:
    open_(adopted, "hipaa-regulatory")
    journey.expect(sign(adopted, "hipaa-regulatory", "signature"), 201)
    adopted.call("DELETE", "/access/sessions/current")
    again = {"invitation": journey.link_secret(adopted), "password": journey.PASSWORD}
    journey.expect(adopted.call("POST", "/access/sessions", again), 201)
    assert document(adopted, "hipaa-regulatory")["complete"] is True
    journey.sign_everything(adopted)
    journey.finish(adopted)


# finish


def test_finish_names_the_one_field_that_is_missing(adopted: World) -> None:
    for one in adopted.call("GET", "/packet/documents").json:
        open_(adopted, one["document_id"])
        for box in one["fields"]:
            if box["required"] and one["document_id"] != "fcra-disclosure":
                sign(adopted, one["document_id"], box["field_id"], act=one["act"])
    answer = adopted.call("POST", "/packet/finish")
    assert (answer.status, answer.json["code"]) == (409, "signatures-missing")
    assert answer.json["missing"] == [{"document_id": "fcra-disclosure", "field_id": "acknowledge"}]


def test_finish_wants_a_recent_password_but_its_repeat_does_not(signed: World) -> None:
    signed.clock.pass_(minutes=11)
    assert signed.call("POST", "/packet/finish").json["code"] == "step-up-required"
    again = {"invitation": journey.link_secret(signed), "password": journey.PASSWORD}
    journey.expect(signed.call("POST", "/access/sessions", again), 201)
    journey.finish(signed)
    signed.clock.pass_(minutes=11)
    assert journey.expect(signed.call("POST", "/packet/finish"), 202).json == {"status": "SEALING"}


@pytest.fixture
def quick_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(world: World, threads: int, **headers: str) -> list[Answer]:
    barrier = threading.Barrier(threads)

    def press(_: int) -> Answer:
        barrier.wait()
        return world.call("POST", "/packet/finish", headers=headers)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(press, range(threads)))


@pytest.mark.usefixtures("quick_switches")
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "finish-1"}], ids=["bare", "with a key"])
@pytest.mark.failure("R08")
def test_eight_clicks_on_finish_at_once_finish_once(signed: World, headers: dict[str, str]) -> None:
    """One execution, the same answer for every click."""
    answers = together(signed, 8, **headers)
    done = [answer for answer in answers if answer.status == 202]
    assert len(done) >= 1
    assert {answer.status for answer in answers} <= {202, 503}, "a click that lost every round may be told to repeat"
    assert all(answer.json == {"status": "SEALING"} for answer in done)
    assert len(events(signed, "packet.finished")) == 1
    assert wiring.packets().load(packet_id(signed)).attempt == 1
    assert journey.expect(signed.call("POST", "/packet/finish"), 202).json == {"status": "SEALING"}
    verify(wiring.packets().events(packet_id(signed)))


@pytest.mark.usefixtures("quick_switches")
def test_one_field_signed_in_eight_tabs_at_once_is_signed_once(adopted: World) -> None:
    open_(adopted, "application")
    barrier = threading.Barrier(8)

    def press(_: int) -> int:
        barrier.wait()
        return sign(adopted, "application", "signature").status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(press, range(8)))
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 409, 503}
    assert len(events(adopted, "document.tag_signed")) == 1


@pytest.mark.failure("R07")
def test_a_stale_tab_cannot_change_answers_after_finishing(signed: World) -> None:
    before = {one["document_id"]: one["sha256"] for one in signed.call("GET", "/packet/documents").json}
    journey.finish(signed)
    answer = journey.save(signed, "agent", journey.ANSWERS["agent"], version=1)
    assert (answer.status, answer.json["code"]) == (409, "packet-frozen")
    assert {one["document_id"]: one["sha256"] for one in signed.call("GET", "/packet/documents").json} == before


def test_nothing_is_signed_after_finishing(signed: World) -> None:
    journey.finish(signed)
    assert sign(signed, "w9", "strike-item-2", act="w9").json["code"] == "invalid-transition"


# leaving


def test_declining_ends_the_packet_and_tells_the_recruiter(adopted: World) -> None:
    of = packet_id(adopted)
    journey.expect(adopted.call("POST", "/packet/decline", {"reason": "changed my mind"}), 200)
    assert adopted.status(of) == "DECLINED"
    assert "declined" in {one.payload.get("letter") for one in wiring.packets().all_of(_effect(), of)}


def test_a_wrong_recipient_ends_the_packet(adopted: World) -> None:
    of = packet_id(adopted)
    journey.expect(adopted.call("POST", "/packet/wrong-recipient"), 200)
    assert adopted.status(of) == "DECLINED"
    assert adopted.call("GET", "/packet").status == 401


def test_a_finished_packet_is_not_declined(signed: World) -> None:
    journey.finish(signed)
    assert signed.call("POST", "/packet/decline", {"reason": "x"}).json["code"] == "invalid-transition"


def test_a_reason_is_needed_to_decline(adopted: World) -> None:
    assert rules(adopted.call("POST", "/packet/decline", {"reason": ""})) == {"reason: string-too-short"}


def _effect() -> Any:
    from econtracting.domain.outbox import Effect

    return Effect
