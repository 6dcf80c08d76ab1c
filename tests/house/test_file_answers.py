"""Routes that send files say so in the contract: which media types, with which status, and never JSON."""

import importlib
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest

from econtracting.http.files import File
from tools.openapi import DOORS, document


def senders() -> Iterator[tuple[str, str]]:
    """Method and path, as the contract writes it, of every route that answers with a file."""
    for door in DOORS:
        app = importlib.import_module(f"{door}.handler").app
        for route in [*app._static_routes, *app._dynamic_routes]:
            if get_type_hints(route.func).get("return") == File:
                yield route.method.lower(), route.openapi_path


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    paths: dict[str, Any] = document()["paths"]
    return paths


@pytest.mark.parametrize(("method", "path"), sorted(senders()))
def test_a_file_is_declared_with_its_media_type(contract: dict[str, Any], method: str, path: str) -> None:
    answers = {status: one for status, one in contract[path][method]["responses"].items() if status.startswith("2")}
    assert set(answers) == {"200"}
    media_types = set(answers["200"]["content"])
    assert media_types
    assert media_types <= {"application/pdf", "application/zip", "image/png", "text/csv", "text/plain"}


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/packet/notices/{notice_id}/content", "text/plain"),
        ("/packet/notices/{notice_id}/report", "application/pdf"),
    ],
)
def test_a_notice_and_its_report_are_what_they_are_sent_as(
    contract: dict[str, Any], path: str, media_type: str
) -> None:
    assert list(contract[path]["get"]["responses"]["200"]["content"]) == [media_type]
