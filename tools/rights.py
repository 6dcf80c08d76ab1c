"""Least privilege by observation: compares what template.yaml allows with what the handlers were seen to ask of AWS.

    python -m tools.rights [--chosen] SEEN [TEMPLATE]

SEEN is a folder of what test processes noted (tests/support/rights.py), one file each, however many ran side by
side. Judges only a whole run: every test that was collected has run, and every test file was collected. `--chosen`
says that only a part was meant to run; then nothing is judged.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.support import deployed

Rights = dict[str, set[str]]

# A role of its own each, but one list of rights: what one of them was seen to do the other may do as well.
SHARED = {"SweepFunction": "RelayFunction"}

_VENDORS = "vendors and mail are in memory in these suites; tests/adapters and the local stack call them"
# Allowed although the suites in process may not need it, each with what does.
JUSTIFIED: dict[tuple[str, str], str] = {
    ("InterviewFunction", "secretsmanager:GetSecretValue"): _VENDORS,
    ("InterviewFunction", "s3:ListBucket"): "no call of its own: without it a missing upload reads as forbidden",
    ("RelayFunction", "secretsmanager:GetSecretValue"): _VENDORS,
    ("RelayFunction", "ses:SendEmail"): _VENDORS,
    ("SweepFunction", "secretsmanager:GetSecretValue"): _VENDORS,
    ("SweepFunction", "ses:SendEmail"): _VENDORS,
    ("RenderFunction", "s3:GetObject"): "the loser of a race looks at the first writer's object",
    ("SealCertificateFunction", "s3:GetObject"): "a repeated creation looks at the certificate that is there",
}

_BEFORE = "read until the index that takes its place is filled; tests/adapters/test_indexes.py walks through that"
JUSTIFIED |= {("InviteFunction", "dynamodb:Query index/by_agency"): _BEFORE}
JUSTIFIED |= {
    (name, "dynamodb:Query index/by_status"): _BEFORE
    for name in ("InviteFunction", "ProcessFunction", "HeadsFunction", "CensusFunction", "WidgetFunction")
}

_TRANSACTED = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
# Where the right has another name than the call, or the service another than the client.
_NAMED = {
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("s3", "HeadObject"): "s3:GetObject",
    ("s3", "ListObjectsV2"): "s3:ListBucket",
    ("s3", "ListObjectVersions"): "s3:ListBucketVersions",
    ("sesv2", "SendEmail"): "ses:SendEmail",
    ("dynamodb", "TransactGetItems"): "dynamodb:GetItem",
}
_PREFIX = {"stepfunctions": "states", "sesv2": "ses"}


class Run(NamedTuple):
    """What all processes of a run noted together. `collected` and `ran` are test ids."""

    seen: Rights
    collected: set[str]
    ran: set[str]
    failed: set[str]

    def missing(self, files: set[str]) -> set[str]:
        """What was not run: whole files that no one collected, and single tests."""
        return (files - {test.partition("::")[0] for test in self.collected}) | (self.collected - self.ran)


def noted(folder: Path) -> Run:
    """The union of what the processes of a run wrote."""
    run = Run({}, set(), set(), set())
    for path in sorted(folder.glob("*.json")):
        part = json.loads(path.read_text())
        for name, actions in part["seen"].items():
            run.seen.setdefault(name, set()).update(actions)
        run.collected.update(part["collected"])
        run.ran.update(part["ran"])
        run.failed.update(part["failed"])
    return run


def test_files() -> set[str]:
    """Every test file that `make test` runs."""
    here = deployed.ROOT / "tests"
    return {
        path.relative_to(deployed.ROOT).as_posix()
        for path in here.rglob("test_*.py")
        if path.relative_to(here).parts[0] != "sam"
    }


def allowed(template: Mapping[str, Any]) -> Rights:
    """Function -> the actions its inline statements name, those on an index of the table with the index's name."""
    rights: Rights = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        statements = [one for policy in resource["Properties"].get("Policies", ()) for one in policy["Statement"]]
        rights[name] = {right for one in statements for right in _stated(one)}
    return rights


def needed(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """The actions that IAM asks for when this call is made."""
    if (service, operation) == ("dynamodb", "TransactWriteItems"):
        yield from {_TRANSACTED[kind] for item in parameters["TransactItems"] for kind in item}
    elif service == "dynamodb" and parameters.get("IndexName"):
        yield f"dynamodb:{operation} index/{parameters['IndexName']}"
    elif (service, operation) == ("s3", "GetObject") and parameters.get("VersionId"):
        yield "s3:GetObjectVersion"
    elif (service, operation) == ("s3", "DeleteObject") and parameters.get("VersionId"):
        yield "s3:DeleteObjectVersion"
    elif (service, operation) == ("s3", "PutObject") and parameters.get("ObjectLockMode"):
        yield from ("s3:PutObject", "s3:PutObjectRetention")
    else:
        yield _NAMED.get((service, operation), f"{_PREFIX.get(service, service)}:{operation}")


def refused(template: Mapping[str, Any], seen: Mapping[str, set[str]]) -> Rights:
    """What functions do that their role would not let them."""
    given = allowed(template)
    return _without_empty({name: actions - given.get(name, set()) for name, actions in seen.items()})


def unused(template: Mapping[str, Any], seen: Mapping[str, set[str]]) -> Rights:
    """What roles allow that nothing was seen to need."""
    together = {name: set(actions) for name, actions in seen.items()}
    for one, other in SHARED.items():
        union = together.get(one, set()) | together.get(other, set())
        together[one] = together[other] = union
    return _without_empty({name: actions - together.get(name, set()) for name, actions in allowed(template).items()})


def findings(template: Mapping[str, Any], seen: Mapping[str, set[str]]) -> list[str]:
    """Every disagreement between roles and calls, in words."""
    found = [f"{name} is refused {action}" for name, action in _pairs(refused(template, seen))]
    spare = set(_pairs(unused(template, seen))) - set(JUSTIFIED)
    return found + [f"{name} is allowed {action}, and nothing needed it" for name, action in sorted(spare)]


def main(arguments: list[str]) -> int:
    chosen = "--chosen" in arguments
    folder, *templates = [one for one in arguments if one != "--chosen"]
    run = noted(Path(folder))
    if chosen:
        print("rights are not judged: only a part of the tests was chosen")
        return 0
    if run.failed or (missing := run.missing(test_files())):
        kind, some = ("failed", run.failed) if run.failed else ("did not run", missing)
        print(f"rights cannot be judged: {len(some)} {kind}, such as {', '.join(sorted(some)[:3])}")
        return 1
    template = deployed.read(Path(templates[0])) if templates else deployed.template()
    if found := findings(template, run.seen):
        print("\n".join(found))
        return 1
    print(f"rights agree with what {len(run.ran)} tests made {len(run.seen)} functions do")
    return 0


def _pairs(rights: Rights) -> list[tuple[str, str]]:
    return sorted((name, action) for name, actions in rights.items() for action in actions)


def _stated(statement: Mapping[str, Any]) -> Iterator[str]:
    """The rights of a statement: a right to an index is none to the table, nor to another index."""
    places = statement["Resource"]
    for place in places if isinstance(places, list) else [places]:
        index = re.search(r"/index/(\w+)", json.dumps(place))
        for action in _listed(statement["Action"]):
            yield f"{action} index/{index[1]}" if index else action


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _without_empty(rights: Mapping[str, set[str]]) -> Rights:
    return {name: actions for name, actions in rights.items() if actions}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
