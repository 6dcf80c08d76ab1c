"""Headers and bodies as a browser never sends them: keys, cookies, versions, answers, files of invitations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from auth.cookies import token_of
from econtracting import wiring
from econtracting.adapters.pace import EvenPace
from econtracting.domain.access import invitation_file
from econtracting.domain.errors import InvalidRequest
from tests.fuzz.values import ANYTHING, bent
from tests.support import journey, stages
from tests.support.contract import examples
from tests.support.world import World, build


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """An agent who has come in, and whose packet every request is about."""
    with mock_aws(config={"lambda": {"use_docker": False}}), pytest.MonkeyPatch.context() as patch:
        built = build(patch)
        patch.setattr(wiring, "pace", lambda: EvenPace(0))
        journey.invite(built)
        journey.come_in(built)
        journey.agree(built)
        yield built
        wiring.forget()


HEADER = st.text(st.characters(max_codepoint=255), max_size=300)


def test_an_idempotency_key_of_any_form_is_used_or_refused(world: World) -> None:
    packet_id = stages.packet_id()

    @given(key=HEADER)
    @examples(40)
    def played(key: str) -> None:
        path, headers = f"/invitations/{packet_id}/resend", {"Idempotency-Key": key}
        first, second = (world.call("POST", path, staff=journey.RECRUITER, headers=headers) for _ in range(2))
        assert first.status in (202, 409, 422, 429), first.body
        assert first.status != 202 or second.body == first.body

    played()


def test_a_cookie_of_any_form_is_nobodys_session(world: World) -> None:

    @given(header=HEADER | st.lists(HEADER, max_size=4).map(lambda one: "; ".join(f"__Host-session={v}" for v in one)))
    @examples(60)
    def played(header: str) -> None:
        token = token_of({"headers": {"Cookie": header}})
        assert token is None or len(token) == 43
        kept, world.cookie = world.cookie, None
        answer = world.call("GET", "/packet", headers={"Cookie": header})
        world.cookie = kept
        assert answer.status == 401, answer.body

    played()


def test_a_version_of_any_form_is_compared_or_refused(world: World) -> None:

    @given(version=HEADER | st.integers().map(str) | st.sampled_from(['"0"', 'W/"0"', "*", "²", '"' * 50, "0" * 50]))
    @examples(60)
    def played(version: str) -> None:
        answer = world.call("PUT", "/packet/interview/online-presence", {"website": 1}, headers={"If-Match": version})
        assert answer.status in (412, 422), answer.body

    played()


@pytest.mark.parametrize("section", journey.ANSWERS)
@pytest.mark.parametrize("draft", ["false", "true"])
def test_answers_of_any_shape_are_kept_or_refused(world: World, section: str, draft: str) -> None:
    good = journey.ANSWERS[section] or {"BQ1A": {"answer": True, "explanation": "x", "attachments": ["a"]}}

    @given(answers=bent(good) | ANYTHING)
    @examples(25)
    def played(answers: Any) -> None:
        answer = world.call(
            "PUT",
            f"/packet/interview/{section}",
            json.dumps(answers).encode(),
            headers={"If-Match": "0"},
            query={"draft": draft},
        )
        assert answer.status in (200, 400, 403, 412, 422), (answers, answer.body)

    played()


@given(
    text=st.text() | st.lists(st.lists(st.text(max_size=8), max_size=14).map(",".join)).map("\n".join),
    encoding=st.sampled_from(["utf-8", "utf-16", "cp1252", "mac-roman", "cp437"]),
)
@examples(150)
def test_a_file_of_invitations_is_read_or_refused(text: str, encoding: str) -> None:
    with suppress(InvalidRequest):
        assert invitation_file.read(text.encode(encoding, "replace")).rows


@given(raw=st.binary(max_size=400))
@examples(150)
def test_bytes_of_any_kind_are_read_as_a_file_of_invitations_or_refused(raw: bytes) -> None:
    with suppress(InvalidRequest):
        assert invitation_file.read(raw).rows


HEAD = "first_name,last_name,email,level,recruiter_name,recruiter_email,recruiter_phone,agency_name,npn,middle_name"


@given(
    rows=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=8, max_size=10), max_size=4
    )
)
@examples(30)
def test_rows_of_any_kind_get_a_report_each(world: World, rows: list[list[str]]) -> None:
    quoted = ["".join(['"', '","'.join(cell.replace('"', '""') for cell in row), '"']) for row in rows]
    body = "\r\n".join([HEAD, *quoted]).encode()
    query, headers = {"dry_run": "true"}, {"Content-Type": "text/csv"}
    answer = world.call("POST", "/invitations/bulk", body, staff=journey.RECRUITER, query=query, headers=headers)
    assert answer.status in (200, 422), answer.body
