"""Every letter: to whom, with what, without what; the same words in both forms."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from econtracting.domain import letters
from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from econtracting.domain.certification import Feed
from econtracting.domain.letters import HOME, Letter, compose
from econtracting.domain.outbox import Letter as LetterName
from econtracting.domain.packet import Packet
from econtracting.domain.screening.background import Check
from econtracting.domain.words import LANGUAGES, Language
from econtracting.packet_types import load
from tests.domain.test_passwords import packet
from tests.support.world import START

NAMES = sorted(path.stem for path in HOME.glob("*.txt"))
LINK = "https://portal.example.com/#/invitation/s3cr3t-link"
HOME_ZONE = ZoneInfo("America/Chicago")
SECRET = "Qw7-temporary-Zx"
CONTEXT = {
    "link": LINK,
    "temporary_password": SECRET,
    "requested_from": "203.0.113.7",
    "address": "203.0.113.7",
    "seconds": 600,
    "at": "2026-11-24T15:00:00.000Z",
    "reason": "moved to another agency",
    "failure": "there is no such mailbox.",
}
REMINDERS = {"reminder", "reminder-interview", "reminder-signing", "reminder-signing-again"}
WITH_LINK = (
    REMINDERS
    | {"invitation", "received", "correction-requested", "background-delay", "processed"}
    | {
        "adverse-pre",
        "adverse-final",
        "active",
        "state-answered",
    }
)


SPANISH = sorted(path.stem for path in (HOME / "es").glob("*.txt"))


def letter(name: str, about: Packet | None = None, **context: Any) -> Letter:
    known = CONTEXT | context
    return compose(name, packet=about or packet(), packet_type=load("meridian"), context=known, home=HOME_ZONE)


def appointment(state: str, status: AppointmentStatus, **more: Any) -> Appointment:
    return Appointment(
        packet_id="p", state=state, npn="1", rule_type="UP_FRONT", status=status, requested_at=START, **more
    )


class _Seen(HTMLParser):
    """What a reader sees, and every tag that is opened."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_html_and_plain_text_say_the_same(name: str, language: Language) -> None:
    found = letter(name, packet().speak(language))
    seen = _Seen(found.html.partition("</head>")[2]).words
    written = re.sub(r"(?m)^(- | {4})", "", found.text).replace(f":\n{LINK}", "")
    for word in written.split():
        assert word in seen or word.rstrip(":") in seen or word.startswith("https://"), word


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_names_the_carrier_and_a_contact(name: str) -> None:
    found = letter(name)
    assert found.subject.startswith("Meridian Health: ")
    for form in (found.text, found.html):
        assert "(615) 555-0100" in form
        assert "contracting@meridian-health.example" in form


@pytest.mark.parametrize("name", NAMES)
def test_the_link_goes_to_the_agent_only_where_it_is_needed(name: str) -> None:
    found = letter(name)
    assert (LINK in found.text) == (LINK in found.html) == (name in WITH_LINK)
    assert name not in WITH_LINK or found.to == "joe.neil+work@example.com"


@pytest.mark.parametrize("name", NAMES)
def test_only_one_letter_carries_the_temporary_password(name: str) -> None:
    found = letter(name)
    assert (SECRET in found.text) == (SECRET in found.html) == (name == "temporary-password")
    assert SECRET not in found.subject


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_fits_a_phone_of_320_pixels(name: str) -> None:
    found = letter(name)
    assert 'name="viewport" content="width=device-width' in found.html
    tags = _Seen(found.html).tags
    assert not {"table", "img", "script"} & {tag for tag, _ in tags}
    styles = [attributes.get("style") or "" for _, attributes in tags]
    assert not [style for style in styles if re.search(r"(?<!max-)width:\d", style)]
    assert "overflow-wrap:anywhere" in found.html


@pytest.mark.parametrize("name", NAMES)
def test_values_are_text_and_never_markup(name: str) -> None:
    nasty = '"><script>alert(1)</script>[x](javascript:alert(1)) $link'
    about = packet(first_name=nasty, last_name="<i>x</i>")
    found = letter(name, about, reason=nasty, failure=nasty)
    tags = {tag for tag, _ in _Seen(found.html).tags}
    assert not {"script", "i"} & tags
    links = [attributes["href"] for tag, attributes in _Seen(found.html).tags if tag == "a"]
    assert all(link.startswith("https://") for link in links if link)
    if nasty in found.text:
        assert html.escape(nasty) in found.html


def test_a_value_with_line_breaks_cannot_add_a_header() -> None:
    about = packet(first_name="Ana\r\nBcc: all@example.com")
    assert "\n" not in letter("declined", about).subject
    assert "\r" not in letter("declined", about).subject


@pytest.mark.parametrize("name", ["declined", "wrong-recipient", "undeliverable", "expired-recruiter"])
def test_the_recruiter_is_told(name: str) -> None:
    found = letter(name)
    assert found.to == "r@example.com"
    assert "José" in found.text


def test_the_e_vite_has_recruiter_expiry_and_the_advice_to_keep_it() -> None:
    about = packet().having(expires_at=START + timedelta(days=30))
    text = letter("invitation", about).text
    for needed in ("Robin", "Harbor Agency", "Thursday, December 24, 2026", "keep this mail", "(615) 555-0100"):
        assert needed in text
    assert "15645555" not in text


def test_the_temporary_password_comes_with_life_requester_and_time_and_without_a_link() -> None:
    text = letter("temporary-password").text
    for needed in ("10 minutes", "203.0.113.7", "9:00 a.m. CST on Tuesday, November 24, 2026"):
        assert needed in text
    assert "https://" not in text


def test_a_life_of_seconds_is_told_in_seconds() -> None:
    assert "for 30 seconds only" in letter("temporary-password", seconds=30).text


def test_processed_tells_each_states_true_outcome() -> None:
    S = AppointmentStatus
    outcomes = [
        appointment("TN", S.APPROVED, effective_on=date(2026, 12, 1)),
        appointment("AL", S.REJECTED, reasons=("LICENSE_INACTIVE",)),
        appointment("FL", S.NO_VALID_LICENSE, reasons=("LOA_MISSING",)),
        appointment("CO", S.RECORDED),
        appointment("KS", S.PENDING_STATE),
        appointment("GA", S.UNANSWERED),
    ]
    lines = letter("processed", appointments=outcomes).text.splitlines()
    assert [line for line in lines if line.startswith("- ")] == [
        "- AL: not approved (the license there is not active). The contracting department looks into it.",
        "- CO: recorded. This state takes no filing.",
        "- FL: not requested, because the license there lacks the health line.",
        "- GA: not answered yet. Please do not sell there until you hear from us.",
        "- KS: not answered yet. Please do not sell there until you hear from us.",
        "- TN: appointed, effective Tuesday, December 1, 2026.",
    ]


def test_processed_says_when_no_state_was_requested() -> None:
    assert "- None were requested." in letter("processed", appointments=[]).text


def test_processed_names_the_first_day_of_certification() -> None:
    feed = Feed(packet_id="p", npn="1", plan_year=2027, expected_by=START + timedelta(days=6))
    assert "before Monday, November 30, 2026" in letter("processed", feed=feed).text


def test_without_a_feed_the_first_day_of_certification_is_counted_from_the_processing() -> None:
    about = packet().having(reached={"PROCESSED": START})
    assert "before Sunday, November 29, 2026" in letter("processed", about).text


def test_a_correction_names_fields_and_reason_but_no_values() -> None:
    check = Check(packet_id="p", attempt=1, suspended_fields=("ssn", "middle_name"))
    text = letter("correction-requested", check=check).text
    assert "- Social Security number" in text
    assert "- middle name" in text
    assert "moved to another agency" in text


def test_a_delay_names_its_usual_reasons_and_never_a_result() -> None:
    check = Check(packet_id="p", attempt=1, status="complete", result="consider", expected_at=START)
    found = letter("background-delay", check=check)
    assert "consider" not in found.text
    assert "We expect it by Tuesday, November 24, 2026." in found.text


def test_a_block_without_its_value_is_left_out() -> None:
    assert "The reason given" not in letter("declined", reason=None).text


def test_a_packet_type_may_bring_its_own_wording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "meridian" / "letters"
    own.mkdir(parents=True)
    (own / "active.txt").write_text("To: agent\nSubject: $carrier welcomes you\n\nGo and sell, $first_name.\n")
    monkeypatch.setattr(letters, "TYPES", tmp_path)
    letters._wording.cache_clear()
    try:
        found = letter("active")
    finally:
        letters._wording.cache_clear()
    assert found.subject == "Meridian Health welcomes you"
    assert found.text.startswith("Go and sell, José.")


# Every value a letter can hold, so that each of its words is seen.
EVERYTHING = {
    "fields": ["ssn", "birth_date", "npn", "email", "residence"],
    "appointments": [
        *(
            appointment(state, status)
            for state, status in zip(("AL", "FL", "GA"), list(AppointmentStatus), strict=False)
        ),
        appointment("TX", AppointmentStatus.APPROVED, effective_on=date(2026, 12, 1)),
        appointment("TN", AppointmentStatus.REJECTED, reasons=("LICENSE_EXPIRED", "LOA_MISSING")),
        appointment("KY", AppointmentStatus.NO_VALID_LICENSE, reasons=("LICENSE_NOT_FOUND",)),
        appointment("OH", AppointmentStatus.SCHEDULED, file_on=date(2027, 1, 2)),
        appointment("IN", AppointmentStatus.JUST_IN_TIME),
        appointment("CA", AppointmentStatus.RECORDED),
    ],
    "course": "medicare-basics",
}
ENGLISH_WORDS = re.compile(
    r"\b(the|you|your|and|of|is|are|not|we|it|with|for|from|at|to|please|hello|there|this|minutes|questions|"
    r"tuesday|november|december|appointed|license|number)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", SPANISH)
def test_a_spanish_letter_holds_no_english_but_what_people_and_companies_are_called(name: str) -> None:
    found = letter(name, packet().speak("es"), **EVERYTHING, reason="cambió de agencia")
    written = f"{found.subject}\n{found.text}"
    carrier = load("meridian").carrier
    for called in (
        carrier.legal_name,
        carrier.name,
        carrier.address,
        carrier.hours,
        load("meridian").certification.name,
    ):
        written = written.replace(called, "")
    assert not ENGLISH_WORDS.findall(re.sub(r"https?://\S+|\S+@\S+", "", written))
    assert '<html lang="es">' in found.html


def test_days_in_a_spanish_letter_are_written_the_spanish_way() -> None:
    text = letter("temporary-password", packet().speak("es")).text
    assert " del martes, 24 de noviembre de 2026" in text
    assert "10 minutos" in text


def test_a_letter_to_a_recruiter_is_english_whatever_the_agent_reads() -> None:
    found = letter("declined", packet().speak("es"))
    assert found.text.startswith("Hello ")
    assert '<html lang="en">' in found.html


def test_a_packet_type_that_words_a_letter_in_english_only_is_not_mixed_with_the_products_spanish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "meridian" / "letters" / "es"
    own.mkdir(parents=True)
    (own.parent / "active.txt").write_text("To: agent\nSubject: Go\n\nGo and sell.\n")
    (own.parent / "expired.txt").write_text("To: agent\nSubject: Over\n\nIt is over.\n")
    (own / "expired.txt").write_text("To: agent\nSubject: Fin\n\nSe acabó.\n")
    monkeypatch.setattr(letters, "TYPES", tmp_path)
    letters._wording.cache_clear()
    try:
        found = {name: letter(name, packet().speak("es")).subject for name in ("active", "expired", "rejected")}
    finally:
        letters._wording.cache_clear()
    assert found == {
        "active": "Go",
        "expired": "Fin",
        "rejected": "Meridian Health: no podemos continuar con su paquete",
    }


@pytest.mark.parametrize("name", ["nothing", "../layout", "layout.html", ""])
def test_a_letter_that_does_not_exist_is_an_error(name: str) -> None:
    with pytest.raises(LookupError):
        letter(name)


@pytest.mark.parametrize("name", list(LetterName))
def test_every_letter_has_its_wording_and_begins_with_a_capital_after_the_greeting(name: LetterName) -> None:
    wording = letters.HOME / f"{name}.txt"
    assert wording.is_file(), f"there is no functions/econtracting/letters/{wording.name}"
    head, greeting, first, *_ = wording.read_text().split("\n\n")
    assert head.startswith("To: ")
    assert greeting.startswith("Hello")
    assert first[0].isupper() or first[0] == "$"


def test_no_wording_lies_about_that_no_letter_uses() -> None:
    assert {path.stem for path in letters.HOME.glob("*.txt")} == {name.value for name in LetterName}, (
        "functions/econtracting/domain/outbox.py does not name them all"
    )


@pytest.mark.brings("D2")
def test_an_e_vite_names_the_carriers_day_on_which_its_link_dies() -> None:
    """At 8:15 p.m. in Chicago it is the next day in UTC, which nobody's calendar shows."""
    dies = datetime.fromisoformat("2026-12-24T02:15:00+00:00")
    for name in ("invitation", "reminder", "expired", "expired-recruiter"):
        made = letter(name, packet().having(expires_at=dies))
        assert "Wednesday, December 23, 2026" in made.text
        assert "December 24" not in made.text + made.html


@pytest.mark.brings("D2")
def test_days_of_what_is_awaited_are_the_carriers() -> None:
    late = datetime.fromisoformat("2026-12-02T05:30:00+00:00")
    feed = Feed(packet_id="p", npn="1", plan_year=2027, expected_by=late)
    assert "Please do not register before Tuesday, December 1, 2026" in letter("processed", feed=feed).text
    check = Check(packet_id="p", attempt=1, expected_at=late)
    assert "Tuesday, December 1, 2026" in letter("background-delay", check=check).text


@pytest.mark.brings("D1")
@pytest.mark.parametrize(
    ("lives_in", "here", "shown"),
    [
        ("HI", None, "5:00 a.m. HST on Tuesday, November 24, 2026"),
        ("GU", None, "1:00 a.m. ChST on Wednesday, November 25, 2026"),
        ("TN", {"zone": "America/New_York", "offset": "-05:00"}, "10:00 a.m. EST on Tuesday, November 24, 2026"),
        (None, None, "9:00 a.m. CST on Tuesday, November 24, 2026"),
    ],
)
def test_a_letter_tells_a_time_by_the_agents_clock_and_names_its_zone(
    lives_in: str | None, here: dict[str, str] | None, shown: str
) -> None:
    made = letter("password-changed", packet().having(lives_in=lives_in), **({"here": here} if here else {}))
    assert shown in made.text
    assert shown in made.html
