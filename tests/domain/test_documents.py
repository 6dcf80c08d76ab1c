"""What a packet type's list of documents may say."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from econtracting.domain.signing.documents import parse_documents

ROW = {"code": "application", "title": "Application", "mode": "sign", "version": "1.0", "template": "application"}


def listed(*rows: dict[str, Any], helpers: tuple[dict[str, Any], ...] = ()) -> str:
    return json.dumps({"version": "1.0", "documents": rows, "helpers": helpers})


def test_documents_keep_their_packet_order() -> None:
    documents = parse_documents(listed(ROW, ROW | {"code": "summary", "mode": "generated"}))

    assert [row.code for row in documents.documents] == ["application", "summary"]


def test_a_document_is_found_by_its_code_also_among_the_helpers() -> None:
    documents = parse_documents(listed(ROW, helpers=({**ROW, "code": "access-code", "mode": "generated"},)))

    assert documents.named("access-code").mode == "generated"
    assert [row.code for row in documents.documents] == ["application"]


def test_an_unknown_code_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        parse_documents(listed(ROW)).named("nowhere")


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(ROW | {"mode": "stamp"}, id="unknown mode"),
        pytest.param(ROW | {"color": "blue"}, id="misspelled property"),
        pytest.param(ROW | {"mode": "acknowledge"}, id="acknowledged without a statement"),
        pytest.param(ROW | {"act": "w9"}, id="own act without a statement"),
        pytest.param(ROW | {"code": "Has Spaces"}, id="code that is no name"),
    ],
)
def test_a_row_that_could_not_be_shown_rightly_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        parse_documents(listed(row))


def test_two_documents_cannot_share_a_code() -> None:
    with pytest.raises(ValidationError, match="share a code"):
        parse_documents(listed(ROW, ROW))
