"""Who is calling: an agent by session cookie or a member of staff by bearer token; anyone else is no one.

Answers a policy for the whole stage and is never cached, so that a log-out holds at once; what the caller may do with
which packet is decided by the handlers.
"""

from __future__ import annotations

from typing import Any

from auth.cookies import token_of
from econtracting import wiring
from econtracting.domain.errors import NotSignedIn, PacketNotFound
from econtracting.domain.moment import iso

BEARER = "bearer "
LONGEST_TOKEN = 8192
READING = frozenset({"GET", "HEAD", "OPTIONS"})


REFUSED = "Unauthorized"  # the gateway answers 401 to an exception of exactly this text, and 500 to any other


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    try:
        found = _staff(headers["authorization"], event["httpMethod"]) if "authorization" in headers else _agent(event)
    except (NotSignedIn, PacketNotFound):
        raise Exception(REFUSED) from None
    return {
        "principalId": found.get("subject") or found["packet_id"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": _whole_stage(event["methodArn"])}
            ],
        },
        "context": found,
    }


def _agent(event: dict[str, Any]) -> dict[str, str]:
    token = token_of(event)
    if token is None:
        raise NotSignedIn()
    session, packet = wiring.sessions().find(token)
    return {
        "kind": "agent",
        "packet_id": packet.id,
        "session": session.fingerprint,
        "must_change": str(session.must_change_password).lower(),
        "signed_in_at": iso(session.created_at),
    }


def _staff(authorization: str, method: str) -> dict[str, str]:
    """A token tells who was staff when it was issued. Who acts has to be staff now, with the groups of now."""
    if not authorization.lower().startswith(BEARER) or len(authorization) > LONGEST_TOKEN:
        raise NotSignedIn()
    member = wiring.staff_tokens().verify(authorization[len(BEARER) :].strip())
    groups = member.groups
    if method not in READING:
        groups &= wiring.staff_directory().groups(member.username)
        if not groups:
            raise NotSignedIn()
    known = {"name": member.name, "phone": member.phone}
    return {
        "kind": "staff",
        "subject": member.subject,
        "email": member.email,
        "groups": ",".join(sorted(groups)),
        "agency_id": member.agency_id,
        **{name: value for name, value in known.items() if value},
    }


def _whole_stage(method_arn: str) -> str:
    """arn:aws:execute-api:region:account:api/stage/METHOD/path -> everything on that stage."""
    api, stage, *_ = method_arn.split("/")
    return f"{api}/{stage}/*"
