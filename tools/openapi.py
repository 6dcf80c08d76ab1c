"""Writes the API's OpenAPI document from the doors' routes; with --check, fails when the committed one is stale.

The document is what the portal's client is generated from, and what template.yaml's routes are held against.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from econtracting.http import callers

ROOT = Path(__file__).parents[1]
COMMITTED = ROOT / "docs" / "api" / "openapi.json"
DOORS = ("invite", "auth", "interview", "sign", "process")
PUBLIC = ("/access/password-requests", "/reminder-stops", "/webhooks/")

# Bodies that a door takes as they come: their signature covers the bytes, or they are no JSON.
RAW_BODIES = {
    "/invitations/bulk": "text/csv",
    **{
        f"/webhooks/{vendor}": "application/json"
        for vendor in ("appointments", "background-checks", "certifications", "sales")
    },
}

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document; `code` is stable, further members are facts of the problem.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "readings": {
            "type": "object",
            "description": "Title and detail by language, where the gateway refuses by itself, in English.",
            "additionalProperties": {
                "type": "object",
                "required": ["title", "detail"],
                "properties": {name: {"type": "string"} for name in ("title", "detail")},
            },
        },
        "current_version": {"type": ["string", "integer"], "description": "Of what is stale, as it stands now."},
        "summary": {"$ref": "#/components/schemas/SummaryView"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "rule", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "rule", "message")},
            },
        },
    },
}
REFUSALS = {
    400: "The body is not well-formed, or not text.",
    401: "Not signed in, or the signature does not verify.",
    403: "Signed in, but a step before this one is missing, or the caller may not.",
    404: "There is no such thing, or the caller may not know of it.",
    409: "A right request at the wrong moment; the problem says where things stand.",
    412: "Someone saved in between; the problem names the current version.",
    413: "The body is larger than this address takes.",
    422: "The request breaks a rule; the problem names field and rule.",
    429: "Too often; Retry-After says when to come again.",
    500: "A fault on our side; nothing that was accepted is lost.",
    503: "Not possible right now; Retry-After says when to come again, and repeating is safe.",
}
# What an operation can be refused with beyond what its kind implies (see `_statuses`).
FURTHER = {
    "POST /reminder-stops": (404,),
    "GET /packet/consent/access-code": (404,),
    "GET /packet/evidence": (404, 409),
    "GET /packet/identity": (404,),
    "GET /packet/print": (404, 409),
    "GET /packet/print/all": (404, 409),
    "GET /packet/signature": (404, 409),
    "GET /packet/signature/preview": (404, 409),
    "GET /packet/agreement": (404,),
    "GET /packet/documents": (404, 409),
    "GET /packet/consent": (404, 409),
    "GET /packet/notices": (404,),
    "GET /packet/summary": (404, 409),
    "PUT /packet/interview/{section}": (412,),
    "POST /packet/consent": (412,),
    "PUT /packet/agreement": (412,),
    "POST /packet/summary/confirm": (412,),
}
# The POSTs that keep their first answer for a repeat under the same Idempotency-Key.
REPEATABLE = frozenset(
    {
        "POST /invitations",
        "POST /invitations/bulk",
        "POST /invitations/{packet_id}/resend",
        "POST /invitations/{packet_id}/withdraw",
        "POST /invitations/{packet_id}/extend",
        "POST /packet/attachments",
        "POST /packet/email-confirmations",
        "POST /packet/summary/reopen",
        "POST /packet/decline",
        "POST /packet/wrong-recipient",
        "POST /packet/summary/confirm",
        "POST /packet/consent",
        "POST /packet/consent/withdraw",
        "POST /packet/paper-copies",
        "POST /packet/documents/{document_id}/fields/{field_id}",
        "POST /packet/finish",
        "POST /packet/notices/{notice_id}/disputes",
        "POST /packets/{packet_id}/corrections",
        "POST /packets/{packet_id}/decisions",
        "POST /packets/{packet_id}/disputes",
    }
)
PARAMETERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Chosen by the caller, one for each act. The same key with the same body gets the first answer "
        "again; with another body it is refused.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "pattern": f"^{callers.IDEMPOTENCY_KEY.pattern}$",
        },
    },
    "RequestedWith": {
        "name": "X-Requested-With",
        "in": "header",
        "required": True,
        "description": "Proves that no foreign page makes the call.",
        "schema": {"type": "string", "enum": ["econtracting"]},
    },
    "TimeZone": {
        "name": "Time-Zone",
        "in": "header",
        "required": False,
        "description": "Where the agent is, by the zone's name in the IANA database. What is signed shows the day "
        "there, if it agrees with a zone of the state where the agent lives; else that state's own day.",
        "schema": {"type": "string", "maxLength": 64},
    },
    "Timestamp": {
        "name": "webhook-timestamp",
        "in": "header",
        "required": True,
        "description": "Seconds since 1970-01-01T00:00Z; at most five minutes from now.",
        "schema": {"type": "string"},
    },
    "MessageId": {
        "name": "webhook-id",
        "in": "header",
        "required": True,
        "description": "The message's id; the same when it is delivered again.",
        "schema": {"type": "string"},
    },
    "MessageSignature": {
        "name": "webhook-signature",
        "in": "header",
        "required": True,
        "description": "Standard Webhooks: `v1,` and the base64 HMAC-SHA256 over id, timestamp and body.",
        "schema": {"type": "string"},
    },
    "ReportSignature": {
        "name": "X-Signature",
        "in": "header",
        "required": True,
        "description": "The hexadecimal HMAC-SHA256 over the body.",
        "schema": {"type": "string"},
    },
}
RETRY_AFTER = {
    "description": "Seconds to wait.",
    "schema": {"type": "integer", "minimum": 0},
}
# Property or parameter name -> what it really is, where the code takes any text and refuses by rule.
NAMED: dict[str, dict[str, Any]] = {
    "state": {"$ref": "#/components/schemas/StateCode"},
    "pre_appointment_states": {"type": "array", "items": {"$ref": "#/components/schemas/StateCode"}},
    "states": {"type": "array", "items": {"$ref": "#/components/schemas/StateCode"}},
}
LEVEL = "The agent's level with the carrier, a key of the packet type's `levels`."


def document() -> dict[str, Any]:
    """All doors' operations in one document."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": PROBLEM, "StateCode": _states()}
    for door in DOORS:
        module = importlib.import_module(f"{door}.handler")
        described = json.loads(module.app.get_openapi_json_schema(title="eContracting", version="1"))
        acts = _acts(module.app)
        for path, operations in described["paths"].items():
            for method, operation in operations.items():
                _refine(operation, door, f"{method.upper()} {path}", acts[method.upper(), path])
            paths.setdefault(path, {}).update(operations)
        _merge(schemas, described.get("components", {}).get("schemas", {}))
    found = {
        "openapi": "3.1.0",
        "info": {
            "title": "eContracting",
            "version": "1",
            "description": "Onboarding of insurance producers. Times are UTC, ISO 8601.",
            "contact": {"name": "Meridian Health contracting", "email": "contracting@meridian-health.example"},
            "license": {"name": "Proprietary", "url": "https://econtracting.example/license"},
        },
        "servers": [{"url": "/api"}],
        "tags": [{"name": door, "description": _told_of(door)} for door in DOORS],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "parameters": PARAMETERS,
            "headers": {"RetryAfter": RETRY_AFTER},
            "responses": {f"Refused{status}": _refusal(status) for status in REFUSALS},
            "securitySchemes": {
                "agent": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-session",
                    "description": "The agent's session; unsafe calls also send X-Requested-With: econtracting.",
                },
                "staff": {"type": "http", "scheme": "bearer", "description": "Token of the staff user pool."},
                "certification-site": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The key that the certification site and we know each other by.",
                },
            },
        },
    }
    return _without_dead_parts(found)


def _acts(app: Any) -> dict[tuple[str, str], Callable[..., Any]]:
    """(method, path) -> the function that answers."""
    return {(route.method, route.openapi_path): route.func for route in app._static_routes + app._dynamic_routes}


def _told_of(door: str) -> str:
    """What a door is for: the first sentence of its module."""
    first = (importlib.import_module(f"{door}.handler").__doc__ or "").split("\n\n")[0]
    return " ".join(first.partition(": ")[2].split())


def _sentence(act: Callable[..., Any]) -> str:
    """The first sentence of a route's docstring, as its summary. Raises ValueError where there is none."""
    told = " ".join((act.__doc__ or "").split("\n\n")[0].split())
    if not told:
        raise ValueError(f"{act.__module__}.{act.__name__} has no docstring: the contract tells it in one sentence")
    return told.removesuffix(".")


def _states() -> dict[str, Any]:
    from econtracting.domain.fields.us import STATES

    return {"type": "string", "enum": sorted(STATES), "description": "A state, district or territory of the US."}


def _refusal(status: int) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: dict[str, Any] = {"description": REFUSALS[status], "content": problem}
    if status in (429, 503):
        found["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return found


def _merge(schemas: dict[str, Any], more: dict[str, Any]) -> None:
    """Raises ValueError for two models of one name that say different things."""
    for name, schema in more.items():
        if schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two different models are called {name}")


def _refine(operation: dict[str, Any], door: str, label: str, act: Callable[..., Any]) -> None:
    path = label.split()[1]
    operation["tags"] = [door]
    operation["operationId"] = act.__name__
    operation["summary"] = _sentence(act)
    operation["description"] = " ".join((act.__doc__ or "").split())
    if media_type := RAW_BODIES.get(path):
        # A file, as generated clients know one: its bytes go out as they are.
        schema = {"type": "string", "format": "binary"} if media_type == "text/csv" else {"type": "object"}
        operation["requestBody"] = {"required": True, "content": {media_type: {"schema": schema}}}
    _leave_out(operation.get("requestBody", {}))
    operation["security"] = _security(door, path)
    answers = {code: one for code, one in operation["responses"].items() if code not in ("422", "500", "default")}
    for code in {"204", "303"} & set(answers):
        if '"null"' in json.dumps(answers[code].get("content", {})) or code == "204":
            answers[code].pop("content", None)
    refusals = {str(code): {"$ref": f"#/components/responses/Refused{code}"} for code in _statuses(operation, label)}
    operation["responses"] = answers | refusals
    parameters = [_named(one) for one in operation.get("parameters", [])]
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in _headers(operation, label)]
    if parameters:
        operation["parameters"] = parameters


def _leave_out(body: dict[str, Any]) -> None:
    """A body that may be missing is left out by those who have none; no one has to send null for it."""
    for one in body.get("content", {}).values():
        some = [kind for kind in one["schema"].get("anyOf", ()) if kind != {"type": "null"}]
        if len(some) == 1:
            one["schema"], body["required"] = some[0], False


def _security(door: str, path: str) -> list[dict[str, list[str]]]:
    if path.endswith("/certification-status"):
        return [{"certification-site": []}]
    if path.startswith(PUBLIC) or path == "/access/sessions":
        return []
    return [{"staff": []}] if door in ("invite", "process") else [{"agent": []}]


def _statuses(operation: dict[str, Any], label: str) -> list[int]:
    """What may be refused: each can be throttled, fail, or be unavailable; the rest follows from its kind."""
    method, path = label.split()
    found = {422, 429, 500, 503, *FURTHER.get(label, ())}  # 422: any may be asked with a parameter it does not take
    if "requestBody" in operation:
        found |= {400, 413}
    if "{" in path or path.startswith("/webhooks/"):
        found.add(404)
    if operation["security"] or path.startswith(("/webhooks/", "/access/")):
        found.add(401)
    if {"agent": []} in operation["security"] or {"staff": []} in operation["security"]:
        found.add(403)
        if method != "GET":
            found |= {404, 409}
    if "certification-site" in str(operation["security"]):
        found.add(404)
    if path.startswith("/packet"):
        found.add(404)
    if method != "GET" and not path.startswith("/webhooks/"):
        found |= {403, 413, 400}
    return sorted(found)


def _headers(operation: dict[str, Any], label: str) -> list[str]:
    method, path = label.split()
    if path == "/webhooks/background-checks":
        return ["ReportSignature"]
    if path.startswith("/webhooks/"):
        return ["MessageId", "Timestamp", "MessageSignature"]
    if path == "/reminder-stops":  # mail programs call it
        return []
    found = ["RequestedWith"] if method != "GET" and {"staff": []} not in operation["security"] else []
    if path.startswith("/packet/") or label in (
        "GET /packet",
        "POST /access/password-requests",
        "PUT /access/password",
    ):
        found.append("TimeZone")
    return [*found, "IdempotencyKey"] if label in REPEATABLE else found


def _named(part: dict[str, Any]) -> dict[str, Any]:
    """A parameter with the closed list that its name means."""
    return {**part, "schema": NAMED[part["name"]]} if part.get("name") in NAMED else part


def _with_lists(schemas: dict[str, Any]) -> dict[str, Any]:
    """The models' properties with the closed lists that their names mean, and with levels told."""
    for schema in schemas.values():
        properties = schema.get("properties", {})
        for name, one in properties.items():
            if name in NAMED and _is_plain(one, NAMED[name].get("type", "string")):
                properties[name] = {**NAMED[name]}
            if name == "level" and "description" not in one:
                one["description"] = LEVEL
    return schemas


def _is_plain(schema: dict[str, Any], kind: str) -> bool:
    """Whether a property is of this kind, and no list or model says more of it already."""
    return schema.get("type") == kind and "enum" not in schema and "$ref" not in schema.get("items", {})


def _tell_items(part: Any) -> None:
    """Tuples say what their further items are; some readers want to know although there are none."""
    if isinstance(part, dict):
        if "prefixItems" in part:
            part.setdefault("items", part["prefixItems"][0])
        for one in part.values():
            _tell_items(one)
    elif isinstance(part, list):
        for one in part:
            _tell_items(one)


def _without_dead_parts(found: dict[str, Any]) -> dict[str, Any]:
    """The document with only the components that something leads to."""
    components = found["components"]
    components["schemas"] = _with_lists(components["schemas"])
    _tell_items(components["schemas"])
    alive: set[str] = set()
    waiting = json.dumps([found["paths"], components["responses"], components["parameters"]])
    while new := {name for name in components["schemas"] if f'schemas/{name}"' in waiting} - alive:
        alive |= new
        waiting = json.dumps([components["schemas"][name] for name in new])
    components["schemas"] = {name: components["schemas"][name] for name in sorted(alive)}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed document instead of writing it"
    )
    wanted = parser.parse_args()
    sys.path.insert(0, str(ROOT / "functions"))
    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if not wanted.check:
        COMMITTED.parent.mkdir(parents=True, exist_ok=True)
        COMMITTED.write_text(text)
        return 0
    if not COMMITTED.exists() or COMMITTED.read_text() != text:
        print("docs/api/openapi.json is stale: run `python -m tools.openapi`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
