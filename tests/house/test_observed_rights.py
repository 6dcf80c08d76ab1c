"""Least privilege by observation: what the judgment after a whole run (`python -m tools.rights`) tells."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import deployed
from tests.support.rights import Observer
from tools import rights

EVERYTHING: dict[str, set[str]] = {name: set(actions) for name, actions in rights.allowed(deployed.template()).items()}


def doctored(function: str, action: str) -> dict[str, Any]:
    """The template with one action more for a function."""
    template = copy.deepcopy(deployed.template())
    statement = template["Resources"][function]["Properties"]["Policies"][0]["Statement"][0]
    given = statement["Action"]
    statement["Action"] = [*([given] if isinstance(given, str) else given), action]
    return template


def process(folder: Path, number: int, tests: set[str], **noted: Any) -> None:
    """What one of several test processes leaves behind."""
    observer = Observer()
    observer.seen.update(noted.get("seen", {}))
    observer.will_run(tests)
    observer.ran, observer.failed = noted.get("ran", tests), noted.get("failed", set())
    observer.write(folder, f"process-{number}")


def whole_run(folder: Path) -> None:
    """Two processes that ran every file between them, and saw every right used."""
    files = sorted(rights.test_files())
    names = sorted(EVERYTHING)
    for number in (0, 1):
        tests = {f"{file}::test_it" for file in files[number::2]}
        process(folder, number, tests, seen={name: EVERYTHING[name] for name in names[number::2]})


def told(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    return rights.main([*arguments, str(folder)]), capsys.readouterr().out


def test_an_action_that_nothing_needs_is_told() -> None:
    assert rights.unused(doctored("SignFunction", "dynamodb:Scan"), EVERYTHING) == {"SignFunction": {"dynamodb:Scan"}}


def test_a_star_is_an_action_that_nothing_needs() -> None:
    assert rights.unused(doctored("AuthFunction", "kms:*"), EVERYTHING) == {"AuthFunction": {"kms:*"}}


def test_a_call_that_the_role_refuses_is_told() -> None:
    seen = {"InterviewFunction": {"kms:Decrypt", "dynamodb:GetItem"}}
    assert rights.refused(deployed.template(), seen) == {"InterviewFunction": {"kms:Decrypt"}}


def test_a_transaction_needs_the_right_to_each_of_its_parts() -> None:
    parts = {"TransactItems": [{"Put": {}}, {"Delete": {}}, {"ConditionCheck": {}}]}
    assert set(rights.needed("dynamodb", "TransactWriteItems", parts)) == {
        "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem",
    }  # fmt: skip


def test_reading_a_version_is_another_right_than_reading() -> None:
    assert set(rights.needed("s3", "GetObject", {"VersionId": "1"})) == {"s3:GetObjectVersion"}


def test_a_right_to_one_index_is_none_to_the_table_or_to_another() -> None:
    (asked,) = rights.needed("dynamodb", "Query", {"TableName": "t", "IndexName": "by_due"})
    given = rights.allowed(deployed.template())
    assert asked in given["CensusFunction"]
    assert rights.refused(deployed.template(), {"InviteFunction": {asked}}) == {"InviteFunction": {asked}}


def test_every_justification_is_of_a_right_that_is_given() -> None:
    given = rights.allowed(deployed.template())
    assert [(name, action) for name, action in rights.JUSTIFIED if action not in given[name]] == []


def test_a_whole_run_in_several_processes_is_judged_together(tmp_path: Path, capsys: Any) -> None:
    whole_run(tmp_path)
    code, said = told(tmp_path, capsys)
    assert (code, said[:12]) == (0, "rights agree")


@pytest.mark.parametrize("action", ["dynamodb:*", "*", "dynamodb:Scan"])
def test_a_whole_run_fails_for_a_star_or_a_spare_action_in_the_template(
    action: str, tmp_path: Path, capsys: Any
) -> None:
    whole_run(tmp_path)
    spoilt = tmp_path / "template.yaml"
    spoilt.write_text(yaml.safe_dump(doctored("SignFunction", action)))
    assert rights.main([str(tmp_path), str(spoilt)]) == 1
    assert f"SignFunction is allowed {action}, and nothing needed it" in capsys.readouterr().out


def test_a_whole_run_fails_for_a_call_that_a_role_refuses(tmp_path: Path, capsys: Any) -> None:
    whole_run(tmp_path)
    process(tmp_path, 2, set(), seen={"InterviewFunction": {"kms:Decrypt"}})
    assert told(tmp_path, capsys) == (1, "InterviewFunction is refused kms:Decrypt\n")


def test_a_run_that_left_a_file_out_cannot_be_judged(tmp_path: Path, capsys: Any) -> None:
    whole_run(tmp_path)
    (tmp_path / "process-1.json").unlink()
    code, said = told(tmp_path, capsys)
    assert (code, "cannot be judged" in said) == (1, True)


def test_a_test_that_was_collected_and_left_out_leaves_the_run_a_part(tmp_path: Path, capsys: Any) -> None:
    whole_run(tmp_path)
    process(tmp_path, 2, {"tests/house/test_template.py::test_left_out"}, ran=set())
    code, said = told(tmp_path, capsys)
    assert (code, "test_left_out" in said) == (1, True)


def test_a_run_that_failed_cannot_be_judged(tmp_path: Path, capsys: Any) -> None:
    whole_run(tmp_path)
    process(tmp_path, 2, set(), failed={"tests/house/test_template.py::test_broken"})
    code, said = told(tmp_path, capsys)
    assert (code, "test_broken" in said) == (1, True)


def test_a_chosen_part_is_not_judged_and_says_so(tmp_path: Path, capsys: Any) -> None:
    assert told(tmp_path, capsys, "--chosen") == (0, "rights are not judged: only a part of the tests was chosen\n")
