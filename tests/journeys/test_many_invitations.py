import random
from typing import Any

import httpx

from local import staff
from local.demo.stacks import Stacks

ROWS = 100
COLUMNS = "first_name,last_name,email,level,recruiter_name,recruiter_email,recruiter_phone,agency_name"


def test_a_file_sent_until_it_is_done_invites_everybody_once(stacks: Stacks) -> None:
    """On a slow machine one call's time may not be enough; the same file with the same key goes on."""
    scene = stacks.one_for("clear")
    token = staff.sign_in(scene.config.url("emulator"), scene.outputs["StaffUserPoolClientId"], staff.RECRUITER)
    mark = random.randrange(10**9)
    rest = "4,Robin Park,robin@agency.example,(615) 555-0100,North Star Agency"
    file = "\n".join([COLUMNS, *(f"Sam,Field,sam{mark}.{number}@example.com,{rest}" for number in range(ROWS))])
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv", "Idempotency-Key": f"file-{mark}"}

    def send() -> Any:
        answer = httpx.post(
            f"{scene.config.url('portal')}/api/invitations/bulk", content=file, headers=headers, timeout=60
        )
        assert answer.status_code == 202, answer.text[:500]
        return answer.json()

    report = send()
    while report["not_attempted"]:
        report = send()
    assert report["created"] == ROWS
    assert len({row["packet_id"] for row in report["rows"]}) == ROWS
    assert send()["rows"] == report["rows"]
