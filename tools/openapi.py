"""Writes the API's OpenAPI document from the doors' routes; with --check, fails when the committed one is stale.

The document is what the portal's client is generated from, and what template.yaml's routes are held against.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COMMITTED = ROOT / "docs" / "api" / "openapi.json"
DOORS = ("invite", "auth", "interview", "sign", "process")
PUBLIC = ("/access/password-requests", "/webhooks/")

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
REFUSED = {
    "description": "Refused, or not possible now; the problem says why.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def document() -> dict[str, Any]:
    """All doors' operations in one document."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    for door in DOORS:
        app = importlib.import_module(f"{door}.handler").app
        described = json.loads(app.get_openapi_json_schema(title="eContracting", version="1"))
        for path, operations in described["paths"].items():
            for operation in operations.values():
                _refine(operation, door, path)
            paths.setdefault(path, {}).update(operations)
        schemas |= described.get("components", {}).get("schemas", {})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "eContracting",
            "version": "1",
            "description": "Onboarding of insurance producers. Times are UTC, ISO 8601.",
        },
        "servers": [{"url": "/api"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "agent": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-session",
                    "description": "The agent's session; unsafe calls also send X-Requested-With: econtracting.",
                },
                "staff": {"type": "http", "scheme": "bearer", "description": "Token of the staff user pool."},
                "certification site": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The key that the certification site and we know each other by.",
                },
            },
        },
    }


def _refine(operation: dict[str, Any], door: str, path: str) -> None:
    operation["tags"] = [door]
    operation["responses"] = {
        status: answer for status, answer in operation["responses"].items() if status not in ("422", "500", "default")
    } | {"4XX": REFUSED, "5XX": REFUSED}
    operation["responses"].get("204", {}).pop("content", None)
    if media_type := RAW_BODIES.get(path):
        schema = {"type": "string"} if media_type == "text/csv" else {"type": "object"}
        operation["requestBody"] = {"required": True, "content": {media_type: {"schema": schema}}}
    if path.endswith("/certification-status"):
        operation["security"] = [{"certification site": []}]
    elif path.startswith(PUBLIC) or (path == "/access/sessions"):
        operation["security"] = []
    else:
        operation["security"] = [{"staff": []}] if door in ("invite", "process") else [{"agent": []}]


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
