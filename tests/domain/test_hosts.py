"""Hosts with letters beyond ASCII: read by IDNA 2008 in mail and web addresses, kept as the name service knows them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from econtracting.domain.access.invitation import Invitation
from econtracting.domain.fields.contact import ascii_host
from econtracting.domain.fields.rejections import Refusal
from econtracting.domain.interview import fields
from econtracting.domain.interview.definition import Field, FieldType
from econtracting.domain.interview.fields import FieldContext
from tests.support.journey import invitation

pytestmark = pytest.mark.brings("P20")
CONTEXT = FieldContext(reference_date=date(2026, 11, 23))
HOSTS = (
    ("münchen.de", "xn--mnchen-3ya.de"),
    ("MÜNCHEN.DE", "xn--mnchen-3ya.de"),
    ("mu\u0308nchen.de", "xn--mnchen-3ya.de"),
    ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
    ("XN--MNCHEN-3YA.DE", "xn--mnchen-3ya.de"),
    ("straße-agentur.com", "xn--strae-agentur-edb.com"),
    ("βόλος.com", "xn--nxasmm1c.com"),
    ("bücher.example.com", "xn--bcher-kva.example.com"),
    ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
    ("例え.テスト.com", "xn--r8jz45g.xn--zckzah.com"),
    ("münchen。de", "xn--mnchen-3ya.de"),
    ("ｅｘａｍｐｌｅ．com", "example.com"),
    ("ab--cd.com", "ab--cd.com"),
)
NO_HOSTS = (
    "xn--.com",
    "xn--a.com",
    "xn--mnchen-3ya\u200b-.com",
    "i❤.ws",
    "xn--i-7iq.ws",
    "a\u0301\u0301 b.com",
    "-ü.com",
    "ü-.com",
)


def read(kind: FieldType, raw: str) -> Any:
    return fields.read(Field(name="asked", label="Asked", type=kind), raw, CONTEXT)


@pytest.mark.parametrize(("typed", "kept"), HOSTS)
def test_mail_and_web_addresses_read_a_host_alike(typed: str, kept: str) -> None:
    assert read("email", f"jose@{typed}") == f"jose@{kept}"
    assert read("url-or-none", typed) == f"https://{kept}"
    assert read("url-or-none", f"https://{typed}/über?x=ü") == f"https://{kept}/über?x=ü"
    person = {"first_name": "Jose", "last_name": "Rivers", "email": f"jose@{typed}"}
    assert Invitation.model_validate(invitation(agent=person)).agent.email == f"jose@{kept}"


@pytest.mark.parametrize(("typed", "kept"), HOSTS)
def test_what_is_kept_is_read_again_as_itself(typed: str, kept: str) -> None:
    assert ascii_host(kept) == kept
    assert fields.shown(Field(name="asked", label="Asked", type="email"), read("email", f"a@{typed}")) == f"a@{kept}"


def test_a_host_is_never_read_as_another_one() -> None:
    assert ascii_host("straße-agentur.com") != ascii_host("strasse-agentur.com")
    assert ascii_host("faß.de") == "xn--fa-hia.de"


@pytest.mark.parametrize("host", NO_HOSTS)
def test_what_cannot_be_a_host_is_refused_in_both(host: str) -> None:
    for kind, address, rules in (
        ("email", f"jose@{host}", {"email-format"}),
        ("url-or-none", f"https://{host}", {"url-host", "url-format"}),
    ):
        with pytest.raises(Refusal) as refusal:
            read(kind, address)  # type: ignore[arg-type]
        assert refusal.value.rule in rules


@pytest.mark.parametrize("typed", ["josé@münchen.de", "ｊose@example.com", "小@example.com"])
def test_a_part_before_the_at_sign_that_mail_does_not_reach_is_explained(typed: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read("email", typed)
    assert refusal.value.rule == "email-local"
    assert "before the @" in refusal.value.message


def test_the_full_stop_behind_a_copied_address_is_not_part_of_it() -> None:
    assert read("url-or-none", "https://example.com.") == "https://example.com"
