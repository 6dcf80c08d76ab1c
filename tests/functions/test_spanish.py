"""An agent whose packet is Spanish reads no English sentence without its Spanish beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import journey
from tests.support.journey import ANSWERS, expect
from tests.support.world import Answer, World

# Words that stand in nearly every English sentence and in no Spanish one.
ENGLISH = re.compile(
    r"\b(the|you|your|and|of|is|are|not|we|it|with|for|from|that|this|please|have|has|be|been|or|to|was|were|there)\b",
    re.IGNORECASE,
)
# What stays English, by the last steps of its place, and why.
STAYS = {
    ("fields", "label"): "names a place in a document, which binds in English",
    ("states", "source"): "cites where an English rule was found",
    ("agency", "name"): "what a firm is called",
    ("carrier", "name"): "what a firm is called",
    ("company", "name"): "what a firm is called",
    ("company", "address"): "an address",
    ("recruiter", "name"): "what a person is called",
    ("styles", "name"): "what a typeface is called",
}
# A text that binds, and where beside it its reading stands.
BINDS = frozenset({"text", "disclosure", "statement"})


def english(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every English sentence of an answer that has no reading beside it, with its place."""
    if isinstance(value, dict):
        read = isinstance(value.get("reading"), dict)
        for name, member in value.items():
            if not (read and name in BINDS):
                yield from english(member, (*place, name))
    elif isinstance(value, list):
        for member in value:
            yield from english(member, place)
    elif isinstance(value, str) and place[-2:] not in STAYS and ENGLISH.search(value) and " " in value:
        yield place, value


class Spoken:
    """A world whose answers to the agent are looked through."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.heard: list[tuple[str, tuple[str, ...], str]] = []
        self.looked_at: set[str] = set()
        plain = world.call

        def call(method: str, path: str, *more: Any, **named: Any) -> Answer:
            if "staff" not in named:
                named["headers"] = {"Accept-Language": "es", **(named.get("headers") or {})}  # as the portal does
            answer = plain(method, path, *more, **named)
            kind = answer.headers.get("Content-Type", [""])[0]
            if "staff" not in named and "json" in kind and answer.body:
                self.looked_at.add(f"{method} {path}")
                self.heard += [(f"{method} {path}", *found) for found in english(json.loads(answer.body))]
            return answer

        monkeypatch.setattr(world, "call", call)


@pytest.fixture
def spoken(world: World, monkeypatch: pytest.MonkeyPatch) -> Spoken:
    return Spoken(world, monkeypatch)


READ = (
    "/access/sessions/current",
    "/packet",
    "/packet/agreement",
    "/packet/attachments",
    "/packet/consent",
    "/packet/documents",
    "/packet/identity",
    "/packet/notices",
    "/packet/print",
    "/packet/signature",
    "/packet/summary",
    *(f"/packet/interview/{section}" for section in (*ANSWERS, "direct-deposit", "nowhere")),
)
# Refused for one reason or another, wherever the packet stands.
REFUSED: tuple[tuple[str, str, Any], ...] = (
    ("PUT", "/packet/interview/agent", {}),
    (
        "PUT",
        "/packet/interview/agent",
        {"first_name": "1", "last_name": "x" * 61, "ssn": "1", "birth_date": "2999-01-01"},
    ),
    (
        "PUT",
        "/packet/interview/agent",
        {"ssn": "666-12-3456", "npn": "0", "email": "x", "mobile_phone": "1", "color": 1},
    ),
    (
        "PUT",
        "/packet/interview/addresses",
        {"business": {"line1": "<", "city": "1", "state": "ZZ", "postal_code": "1"}},
    ),
    (
        "PUT",
        "/packet/interview/online-presence",
        {"website": "a b", "facebook": "ftp://x", "linkedin": "x@y", "other": "1.2.3.4"},
    ),
    (
        "PUT",
        "/packet/interview/background",
        {"BQ1A": {"answer": True}, "BQ1B": {"answer": "maybe"}, "BQ4": {"answer": True}},
    ),
    ("PUT", "/packet/interview/pre-appointments", {}),
    ("PUT", "/packet/language", {"language": "tlh"}),
    ("PUT", "/packet/agreement", {"version": "old", "accepted": True}),
    ("PUT", "/packet/agreement", {"version": 1, "accepted": False, "more": 1}),
    ("PUT", "/packet/signature", {"full_name": "No One", "initials": "12345"}),
    ("PUT", "/packet/signature", {"full_name": "x", "initials": "x", "style": "x", "image": "AAAA"}),
    ("PUT", "/packet/signature", {"full_name": "x", "initials": "x", "style": "x", "strokes": [[[1, 1]]]}),
    ("POST", "/packet/attachments", {"file_name": "a/b.exe", "content_type": "text/plain", "size": 0}),
    ("POST", "/packet/attachments", {"file_name": "a.txt", "content_type": "image/png", "size": 10**9}),
    ("POST", "/packet/attachments/nothing/complete", None),
    ("POST", "/packet/identity/confirmations", {"fields": ["agent.nothing"]}),
    ("POST", "/packet/email-confirmations", None),
    ("PUT", "/packet/email-confirmations", {"code": "ABC234"}),
    ("POST", "/packet/consent", {"disclosure_version": "old", "access_code": "ABC234"}),
    ("POST", "/packet/documents/nothing/fields/nothing", None),
    ("POST", "/packet/documents/w9/fields/signature", None),
    ("POST", "/packet/finish", None),
    ("POST", "/packet/decline", {"reason": ""}),
    ("PUT", "/access/password", {"new_password": "123456", "confirm_password": "x", "current_password": "x"}),
    ("GET", "/packet/print/all", None),
    ("GET", "/packet/evidence", None),
    ("GET", "/packet/notices/nothing/content", None),
)


def look_around(world: World) -> None:
    for path in READ:
        world.call("GET", path)
    for method, path, body in REFUSED:
        for headers in ({"If-Match": "0"}, {"If-Match": "?"}):
            world.call(method, path, body, headers=headers)
    world.call("PUT", "/packet/interview/agent", b"{", headers={"If-Match": "0"})


def mails_in_english(world: World) -> list[str]:
    found = []
    for mail in world.outside.post.sent:
        if mail["to"] != "dana@example.com":
            continue
        for line in (mail["subject"], *mail["text"].splitlines()):
            ours = re.sub(r"Meridian Health \w+|Harbor (Agency|Walk)|\S+@\S+|https?://\S+", "", line)
            found += [line] if ENGLISH.search(ours) else []
    return found


@pytest.mark.brings("L1")
def test_an_agent_who_reads_spanish_meets_no_english_sentence_alone(world: World, spoken: Spoken) -> None:
    journey.invite(world, language="es", level="5")
    journey.come_in(world)
    look_around(world)
    journey.agree(world)
    home = {**journey.ADDRESS, "postal_code": "90001"}
    journey.answer_everything(world, agent={"residential": home, "ssn": journey.SSN})
    look_around(world)
    journey.confirm(world)
    look_around(world)
    journey.consent(world)
    journey.adopt(world)
    journey.sign_everything(world)
    journey.finish(world)
    world.settle()
    look_around(world)
    assert len(spoken.looked_at) >= 50
    assert sorted(set(spoken.heard)) == []
    assert mails_in_english(world) == []
    assert set(journey.letters(world)) >= {
        "invitation",
        "temporary-password",
        "password-changed",
    }


def test_every_exception_is_met(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that no answer needs any more is taken out."""
    met: set[tuple[str, ...]] = set()
    plain = world.call

    def places(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        for name, member in value.items() if isinstance(value, dict) else []:
            yield from places(member, (*place, name))
        for member in value if isinstance(value, list) else []:
            yield from places(member, place)
        if isinstance(value, str):
            yield place[-2:]

    def call(*more: Any, **named: Any) -> Answer:
        answer = plain(*more, **named)
        if "json" in answer.headers.get("Content-Type", [""])[0] and answer.body:
            met.update(places(json.loads(answer.body)))
        return answer

    monkeypatch.setattr(world, "call", call)
    journey.invite(world, language="es")
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world)
    for path in READ:
        world.call("GET", path)
    journey.confirm(world)
    journey.consent(world)
    journey.adopt(world)
    for path in READ:
        world.call("GET", path)
    assert set(STAYS) <= met


def test_a_binding_text_stands_in_english_and_its_reading_says_that_it_does_not_bind(world: World) -> None:
    journey.invite(world, language="es")
    journey.come_in(world)
    told = expect(world.call("GET", "/packet/agreement"), 200).json
    assert told["text"].startswith("This site lets you")
    assert told["title"] == "Acuerdo de uso"
    assert told["reading"]["language"] == "es"
    assert told["reading"]["binding"] is False
    assert told["reading"]["note"] == "Esta lectura es una cortesía. Solo el texto en inglés es vinculante."
    assert told["reading"]["text"].startswith("Este sitio le permite")
    world.call("PUT", "/packet/language", {"language": "en"})
    assert "reading" not in expect(world.call("GET", "/packet/agreement"), 200).json


def test_a_summary_seen_in_one_language_is_confirmed_in_another(world: World) -> None:
    journey.invite(world, language="es")
    journey.come_in(world)
    journey.agree(world)
    journey.answer_everything(world)
    seen = expect(world.call("GET", "/packet/summary"), 200).json
    labels = {line["field"]: line["label"] for line in seen["lines"]}
    assert labels["residential.city"] == "Dirección de residencia: Ciudad"
    world.call("PUT", "/packet/language", {"language": "en"})
    again = expect(world.call("GET", "/packet/summary"), 200).json
    assert again["version"] == seen["version"]
    expect(journey.try_to_confirm(world, seen["version"]), 200)
