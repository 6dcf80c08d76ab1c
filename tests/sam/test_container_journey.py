"""The agent's road through the hosted endpoints, up to the sealed packet; later stages happen outside the API.

Effects behind the API (mails, rendering, sealing, workflow) run on the emulator that holds the same stack: sam has no
streams, no state machines, and lets no function invoke another of its containers. Each test moves one packet on.
"""

import httpx
import pytest

from local.demo.proof import text_of
from tests.sam.conftest import STEPS, Hosted, Step


@pytest.mark.parametrize("name", STEPS)
def test_a_packet_takes_the_step(step: Step, name: str) -> None:
    """Every step verifies what it promises, refusals included (local/demo/journey.py)."""
    step(name)


def test_a_document_comes_out_as_the_very_bytes_of_a_pdf(hosted: Hosted, step: Step) -> None:
    """Binary mapping: base64 from the function, bytes on the wire. sam maps them for any Accept header, as declared."""
    journey = step("confirm")
    document = journey.agent.get("/packet/documents")[0]
    answer = journey.agent.call("GET", f"/packet/documents/{document['document_id']}/content")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert text_of(answer.content)


def test_a_session_is_a_cookie_that_scripts_cannot_read(hosted: Hosted, step: Step) -> None:
    """Logging out takes the cookie back; the suite's front renames it as the local gateway does, for want of TLS."""
    journey = step("received")
    answer = journey.agent.call("DELETE", "/access/sessions/current", expect=204)
    (cookie,) = answer.headers.get_list("set-cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert httpx.get(f"{hosted.portal}/api/packet", timeout=60).status_code == 401
