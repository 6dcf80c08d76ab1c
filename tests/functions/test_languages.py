"""The language in which the product answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from econtracting import wiring
from econtracting.domain.audit import EventType
from econtracting.http.languages import language_of, preferred
from interview import handler
from tests.support import journey
from tests.support.journey import ANSWERS, RECRUITER, expect
from tests.support.world import Answer, World

SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.8"}


@pytest.mark.brings("L1")
@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("ES-mx", "es"),
        ("es-419, en;q=0.9", "es"),
        ("en-US,en;q=0.9,es;q=0.8", "en"),
        ("en;q=0.4, es;q=0.5", "es"),
        ("en;q=0.5, es;q=0.5", "en"),
        ("es;q=0.5, en;q=0.5", "es"),
        ("fr-CA, de", "en"),
        ("fr, es;q=0.1", "es"),
        ("es;q=0", "en"),
        ("es;q=0, *", "en"),
        ("en;q=0, *;q=0.5", "es"),
        ("*", "en"),
        ("*;q=0.5, es;q=0.1", "en"),
        ("es ; q=0.7 , en ; q=0.2", "es"),
        ("es\t;q=1.000", "es"),
        ("es;q=2, en;q=0.1", "en"),  # no weight is above 1: passed over
        ("es;q=0.1234, en;q=0.1", "en"),
        ("espera", "en"),
        (";;;,q=,=,es;;q", "en"),
        ("x" * 10_000, "en"),
        (",".join(["de"] * 10_000), "en"),
    ],
)
def test_a_header_asks_for_a_language(header: str, language: str) -> None:
    assert preferred(header) == language


@pytest.mark.brings("L3")
@pytest.mark.parametrize(
    "event",
    [
        {"headers": {"accept-language": "es"}},
        {"headers": None, "multiValueHeaders": {"Accept-Language": ["de", "es;q=0.5"]}},
        {"headers": {"Accept-Language": "en"}, "requestContext": {"authorizer": {"language": "es"}}},
        {"headers": {"Accept-Language": "es"}, "requestContext": {"authorizer": {"language": "tlh"}}},
        {"headers": {"Accept-Language": "es"}, "requestContext": {"authorizer": None}},
    ],
)
def test_a_packets_language_stands_over_the_headers_wherever_it_is_written(event: dict[str, Any]) -> None:
    assert language_of(event) == "es"


def problem(answer: Answer, status: int) -> dict[str, Any]:
    body: dict[str, Any] = expect(answer, status).json
    assert answer.headers["Content-Type"] == ["application/problem+json"]
    return body


@pytest.mark.brings("L1")
def test_a_refusal_is_said_in_the_callers_language_and_says_which(world: World) -> None:
    journey.invite(world)
    wrong = {"invitation": journey.link_secret(world), "password": "not this one"}
    for headers, language, title in (
        ({}, "en", "The link or the password is not right"),
        (SPANISH, "es", "El enlace o la contraseña no son correctos"),
    ):
        answer = world.call("POST", "/access/sessions", wrong, headers=headers)
        assert problem(answer, 401)["title"] == title
        assert answer.headers["Content-Language"] == [language]


def test_the_language_of_one_request_is_not_that_of_the_next(world: World) -> None:
    for headers, title in ((SPANISH, "No existe esa dirección"), ({}, "There is no such address")):
        event = {"httpMethod": "GET", "path": "/nowhere", "resource": "/nowhere", "headers": headers}
        answer = handler.app.resolve({**event, "requestContext": {"stage": "v1"}}, None)
        assert json.loads(answer["body"])["title"] == title


def test_a_body_that_cannot_be_read_is_refused_in_spanish(world: World) -> None:
    told = problem(world.call("POST", "/access/sessions", b"\xff", headers=SPANISH), 400)
    assert (told["title"], told["detail"]) == ("El cuerpo no es texto", "Envíe el cuerpo en UTF-8.")


@pytest.mark.brings("L1")
def test_field_rules_are_said_in_spanish_to_recruiters_who_read_it(world: World) -> None:
    body = journey.invitation(level="99")
    told = problem(world.call("POST", "/invitations", body, staff=RECRUITER, headers=SPANISH), 422)
    assert told["errors"] == [
        {"field": "level", "rule": "level-unknown", "message": "El nivel es uno de estos: 1, 2, 3, 4, 5."}
    ]


@pytest.mark.brings("L1")
def test_what_the_library_finds_is_said_in_spanish(world: World) -> None:
    body = {**journey.invitation(), "color": "blue", "recruiter": {"name": "@", "email": "x", "phone": "1"}}
    told = problem(world.call("POST", "/invitations", body, staff=RECRUITER, headers=SPANISH), 422)
    assert {error["field"]: error["message"] for error in told["errors"]} == {
        "recruiter.name": "Esto no puede comenzar con =, +, - ni @.",
        "recruiter.email": ("Escriba solamente la dirección de correo electrónico, por ejemplo nombre@example.com."),
        "recruiter.phone": (
            "Un número de teléfono tiene diez dígitos, primero el código de área, por ejemplo (615) 555-0123."
        ),
        "color": "No se admiten datos adicionales",
    }
    assert "color: No se admiten datos adicionales" in told["detail"]


@pytest.mark.brings("L1")
def test_every_row_of_a_file_is_answered_in_spanish(world: World) -> None:
    lines = [
        "first_name,last_name,email,npn,level,recruiter_name,recruiter_email,recruiter_phone,agency_id,agency_name"
    ]
    lines += ["Dana,Rivers,dana,15645555,4,Robin Park,robin@agency.example,(615) 555-0100,agency-1,Harbor Agency"]
    answer = world.call(
        "POST",
        "/invitations/bulk",
        "\n".join(lines).encode(),
        staff=RECRUITER,
        headers={**SPANISH, "Content-Type": "text/csv"},
        query={"dry_run": "true"},
    )
    ((remark,),) = [row["errors"] for row in expect(answer, 200).json["rows"]]
    assert remark["message"] == "Escriba solamente la dirección de correo electrónico, por ejemplo nombre@example.com."


@pytest.mark.brings("L1")
def test_an_agents_answers_are_refused_in_spanish(world: World) -> None:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    answers = {**ANSWERS["agent"], "ssn": "666-12-3456", "ssn_confirm": "666-12-3456", "npn": "12x"}
    headers = {"If-Match": "0", **SPANISH}
    told = problem(world.call("PUT", "/packet/interview/agent", answers, headers=headers), 422)
    said = {error["field"]: error["message"] for error in told["errors"]}
    assert said["ssn"] == "Ningún número de Seguro Social comienza con 666. Revise los tres primeros dígitos."
    assert said["npn"] == "Un Número Nacional de Productor (NPN) tiene de 1 a 10 dígitos y nada más."


def test_warnings_beside_what_was_taken_are_said_in_spanish_and_stored_in_none(world: World) -> None:
    journey.invite(world)
    journey.come_in(world)
    journey.agree(world)
    home = {**journey.ADDRESS, "postal_code": "90001"}
    headers = {"If-Match": "0", **SPANISH}
    answers = {**ANSWERS["agent"], "residential": home}
    saved = expect(world.call("PUT", "/packet/interview/agent", answers, headers=headers), 200)
    assert [one["message"] for one in saved.json["warnings"] if one["rule"] == "postal-code-state"] == [
        "Este código postal parece ser de otro estado. Déjelo si es correcto."
    ]
    again = expect(world.call("GET", "/packet/interview/agent"), 200)
    assert "This ZIP code seems to lie in another state. Keep it if it is right." in [
        one["message"] for one in again.json["warnings"]
    ]


def in_english(world: World) -> Answer:
    return world.call("GET", "/packet/interview/nowhere", headers={"Accept-Language": "en"})


@pytest.mark.brings("L3")
def test_an_agent_chooses_a_language_and_is_answered_and_written_to_in_it(world: World) -> None:
    packet_id = journey.invite(world)
    journey.come_in(world)
    assert expect(world.call("GET", "/access/sessions/current"), 200).json["language"] is None
    assert problem(in_english(world), 403)["title"] == "Accept the user agreement first"
    chosen = world.call("PUT", "/packet/language", {"language": "es"})
    assert expect(chosen, 200).json == {"language": "es"}
    assert problem(in_english(world), 403)["title"] == "Primero acepte el acuerdo de uso"
    assert expect(world.call("GET", "/access/sessions/current"), 200).json["language"] == "es"
    expect(world.call("POST", "/access/password-requests", {"invitation": journey.link_secret(world)}), 202)
    world.settle()
    assert world.outside.post.sent[-1]["subject"] == "Meridian Health: su contraseña temporal"
    told = [event for event in wiring.packets().events(packet_id) if event.type == EventType.PACKET_LANGUAGE_CHANGED]
    assert [event.data for event in told] == [{"language": "es"}]
    expect(world.call("PUT", "/packet/language", {"language": "es"}), 200)
    expect(world.call("PUT", "/packet/language", {"language": "en"}), 200)
    told = [event for event in wiring.packets().events(packet_id) if event.type == EventType.PACKET_LANGUAGE_CHANGED]
    assert [event.data for event in told] == [{"language": "es"}, {"language": "en"}]


@pytest.mark.brings("L3")
def test_a_language_can_be_chosen_before_the_password(world: World) -> None:
    journey.invite(world)
    secret = journey.link_secret(world)
    expect(world.call("POST", "/access/password-requests", {"invitation": secret}), 202)
    world.settle()
    given = {"invitation": secret, "password": journey.temporary_password(world)}
    expect(world.call("POST", "/access/sessions", given), 201)
    expect(world.call("PUT", "/packet/language", {"language": "es"}), 200)
    new = {"new_password": "abc", "confirm_password": "abd"}
    told = problem(world.call("PUT", "/access/password", new), 422)
    assert "Las dos contraseñas no son iguales." in told["detail"]


@pytest.mark.brings("L3")
@pytest.mark.parametrize(
    ("invited_in", "page", "subject"),
    [
        (None, "es-US,es;q=0.9,en;q=0.8", "Meridian Health: su contraseña temporal"),
        (None, "en-US,es;q=0.5", "Meridian Health: your temporary password"),
        (None, "", "Meridian Health: your temporary password"),
        ("en", "es", "Meridian Health: your temporary password"),
        ("es", "en", "Meridian Health: su contraseña temporal"),
    ],
)
def test_a_temporary_password_is_mailed_in_the_language_of_the_page_until_the_packet_has_one(
    world: World, invited_in: str | None, page: str, subject: str
) -> None:
    journey.invite(world, **({"language": invited_in} if invited_in else {}))
    asked = {"invitation": journey.link_secret(world)}
    expect(world.call("POST", "/access/password-requests", asked, headers={"Accept-Language": page}), 202)
    world.settle()
    assert world.outside.post.sent[-1]["subject"] == subject


@pytest.mark.parametrize("body", [{"language": "fr"}, {"language": ""}, {"language": None}, {}, {"language": "ES"}])
def test_another_language_is_refused_with_those_there_are(world: World, body: Any) -> None:
    journey.invite(world)
    journey.come_in(world)
    told = problem(world.call("PUT", "/packet/language", body), 422)
    assert [error["field"] for error in told["errors"]] == ["language"]


def test_no_one_but_the_agent_chooses_it(world: World) -> None:
    journey.invite(world)
    assert world.call("PUT", "/packet/language", {"language": "es"}, staff=RECRUITER).status == 401
    assert world.call("PUT", "/packet/language", {"language": "es"}).status == 401


@pytest.mark.brings("L3")
def test_a_recruiter_invites_in_spanish_one_by_one_and_in_a_file(world: World) -> None:
    journey.invite(world, language="es")
    assert world.outside.post.sent[-1]["subject"] == "Meridian Health: su paquete de contratación está listo"
    lines = [
        "first_name,last_name,email,level,recruiter_name,recruiter_email,recruiter_phone,agency_name,language",
        "Ana,Lopez,ana@example.com,4,Robin Park,robin@agency.example,(615) 555-0100,Harbor Agency,ES",
        "Ben,Lopez,ben@example.com,4,Robin Park,robin@agency.example,(615) 555-0100,Harbor Agency,",
        "Eva,Lopez,eva@example.com,4,Robin Park,robin@agency.example,(615) 555-0100,Harbor Agency,Klingon",
    ]
    content = "\n".join(lines).encode()
    headers = {"Content-Type": "text/csv"}
    answer = world.call("POST", "/invitations/bulk", content, staff=RECRUITER, headers=headers)
    rows = expect(answer, 202).json["rows"]
    world.settle()
    assert [[error["field"] for error in row["errors"]] for row in rows] == [[], [], ["language"]]
    subjects = {mail["to"]: mail["subject"] for mail in world.outside.post.sent}
    assert subjects["ana@example.com"] == "Meridian Health: su paquete de contratación está listo"
    assert subjects["ben@example.com"] == "Meridian Health: your contracting packet is ready"


@pytest.mark.brings("L3")
def test_a_packet_that_never_said_its_language_is_stored_as_before(world: World) -> None:
    packet_id = journey.invite(world)
    packet = wiring.packets().load(packet_id)
    assert packet.language is None
    assert "language" not in packet.model_dump(mode="json", exclude_none=True)
