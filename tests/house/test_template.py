"""What the template promises: handlers that exist, documented routes, waits that end, no circles, no wildcards."""

import graphlib
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml

from econtracting import wiring
from econtracting.domain import webhooks
from econtracting.domain.messages import SEALED_FOR
from econtracting.domain.signing.preparation import Sealed
from process import tasks
from tests.support import deployed
from tools import machines, routes

FUNCTIONS = deployed.functions()
RECORDED = json.loads((Path(__file__).parent / "logical_ids.json").read_text())
# What would be lost or locked out if CloudFormation made it again, as it does when a logical id changes.
STATEFUL = {
    "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::SQS::Queue",
    "AWS::SNS::Topic", "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolGroup",
    "AWS::Logs::LogGroup", "AWS::SES::EmailIdentity", "AWS::Events::EventBus", "AWS::CloudFront::Distribution",
    "AWS::Serverless::Api", "AWS::Serverless::StateMachine", "Custom::SealCertificate",
}  # fmt: skip
MACHINES = sorted((deployed.ROOT / "statemachine").glob("*.asl.json"))
SOURCES = [path.with_suffix(".json") for path in (deployed.ROOT / "statemachine").glob("*.asl.yaml")]


def test_no_resource_changes_its_logical_id() -> None:
    """The recorded ids are those of the first deployments; a resource may come, but none may go or change its kind."""
    now = {name: resource["Type"] for name, resource in deployed.template()["Resources"].items()}
    assert {name: kind for name, kind in now.items() if name in RECORDED} == RECORDED
    assert {name for name, kind in now.items() if kind in STATEFUL} == {
        name for name, kind in RECORDED.items() if kind in STATEFUL
    }


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_its_handler(name: str) -> None:
    module, _, function = FUNCTIONS[name]["Handler"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_routes_are_those_of_the_openapi_document() -> None:
    described = json.loads((deployed.ROOT / "docs" / "api" / "openapi.json").read_text())["paths"]
    documented = {(method.upper(), path) for path, operations in described.items() for method in operations}
    assert {(method, path) for method, path, _ in deployed.routes()} == documented


def test_the_routes_are_as_they_are_written_from_the_openapi_document() -> None:
    document = json.loads(routes.DOCUMENT.read_text())
    assert routes.with_routes(routes.TEMPLATE.read_text(), document) == routes.TEMPLATE.read_text()


def test_a_route_is_open_only_if_its_door_looks_at_the_proof_itself() -> None:
    security = {"get": [{"staff": []}], "put": [], "post": [{"certification-site": []}], "patch": [{"passkey": []}]}
    operations = {method: {"tags": ["sign"], "security": proofs} for method, proofs in security.items()}
    written = yaml.load(routes.block({"paths": {"/packet": operations}}), deployed._Loader)["/packet"]
    asked = {method for method, operation in written.items() if "security" not in operation}
    assert asked == {"get", "patch"}


def test_a_path_of_two_doors_is_not_written() -> None:
    operations = {"get": {"tags": ["sign"], "security": []}, "put": {"tags": ["auth"], "security": []}}
    with pytest.raises(ValueError, match="auth and sign"):
        routes.block({"paths": {"/packet": operations}})


def test_the_api_may_call_its_doors_and_a_door_has_one_permission() -> None:
    """Limited to this API; which route leads to which door is the API's body, and no one else writes that."""
    permissions = [
        resource["Properties"]
        for resource in deployed.template()["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Permission"
    ]
    doors = sorted(permission["FunctionName"]["Ref"] for permission in permissions)
    assert doors == sorted({name for _, _, name in deployed.routes()})
    for permission in permissions:
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["SourceArn"]["Sub"].endswith(":execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*/*")


def test_no_route_is_an_event_of_its_function_for_each_would_get_a_permission() -> None:
    events = [event for function in FUNCTIONS.values() for event in function.get("Events", {}).values()]
    assert "Api" not in {event["Type"] for event in events}


def test_every_path_answers_its_wrong_methods_itself() -> None:
    answering = {(path, name) for _, path, name in deployed.routes()}
    others = {path: operations[deployed.ANY_METHOD] for path, operations in deployed.paths().items()}
    assert {(path, deployed.door(other)) for path, other in others.items()} == answering
    assert all(other["security"] == [{"NONE": []}] for other in others.values())


RESOURCES = deployed.template()["Resources"]


@pytest.mark.law("T17")
def test_the_api_logs_who_asked_for_what_and_nothing_that_is_secret() -> None:
    chosen = RESOURCES["Api"]["Properties"]["AccessLogSetting"]["If"][1]
    assert "RetentionInDays" in RESOURCES[chosen["DestinationArn"]["GetAtt"].partition(".")[0]]["Properties"]
    line = json.loads(chosen["Format"])
    assert {"at", "method", "path", "status", "address", "caller"} <= set(line)
    secret = ("querystring", "header", "input.body", "requestOverride", "authorizer.email", "session", "error.message")
    assert [value for value in line.values() if any(word in value for word in secret)] == []


@pytest.mark.law("T17")
def test_the_web_acl_logs_without_cookies_tokens_and_queries() -> None:
    logging = RESOURCES["WebAclLogging"]["Properties"]
    hidden = logging["RedactedFields"]
    assert {"QueryString": {}} in hidden
    named = {one["SingleHeader"]["Name"] for one in hidden if "SingleHeader" in one}
    assert named == {"authorization", "cookie", "x-edge-secret"}


@pytest.mark.law("T17")
def test_the_distribution_logs_without_cookies_and_queries() -> None:
    fields = RESOURCES["PortalLogDelivery"]["Properties"]["RecordFields"]
    assert "cs-uri-stem" in fields
    assert [field for field in fields if "query" in field or "cookie" in field or "referer" in field.lower()] == []


@pytest.mark.law("T17")
def test_every_touch_of_a_document_or_an_upload_is_on_a_trail_of_its_own() -> None:
    trail = RESOURCES["ObjectTrail"]["Properties"]
    assert trail["EnableLogFileValidation"] is True
    (selector,) = trail["AdvancedEventSelectors"]
    fields = {one["Field"]: one for one in selector["FieldSelectors"]}
    assert "readOnly" not in fields
    assert fields["resources.ARN"]["StartsWith"] == [
        {"Sub": "${DocumentsBucket.Arn}/"},
        {"Sub": "${UploadsBucket.Arn}/"},
    ]


@pytest.mark.law("T17")
def test_staff_have_a_second_factor_in_production_short_tokens_and_no_unverified_address() -> None:
    pool, client = (RESOURCES[name]["Properties"] for name in ("StaffUserPool", "StaffUserPoolClient"))
    assert pool["MfaConfiguration"] == {"If": ["InProduction", "ON", "OPTIONAL"]}
    assert pool["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    assert client["TokenValidityUnits"] == {"IdToken": "minutes", "AccessToken": "minutes", "RefreshToken": "hours"}
    assert max(client["IdTokenValidity"], client["AccessTokenValidity"]) <= 15
    assert client["RefreshTokenValidity"] <= 12
    assert client["EnableTokenRevocation"] is True


def test_every_function_logs_to_a_group_with_a_retention() -> None:
    resources = deployed.template()["Resources"]
    for function in FUNCTIONS.values():
        group = resources[function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert "RetentionInDays" in group["Properties"]


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_a_machine_gets_exactly_the_substitutions_it_uses(path: Path) -> None:
    wanted = set(re.findall(r"\$\{(\w+)\}", path.read_text()))
    given = [
        resource["Properties"]["DefinitionSubstitutions"]
        for resource in deployed.template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::StateMachine"
        and resource["Properties"]["DefinitionUri"] == f"statemachine/{path.name}"
    ]
    assert [set(substitutions) for substitutions in given] == [wanted]


def test_a_machine_is_as_it_is_written_from_its_source() -> None:
    assert {path.name for path in MACHINES} == {path.name for path in SOURCES}
    assert machines.stale() == []


def test_a_part_that_states_take_over_is_written_out_in_each_and_left_out_itself() -> None:
    source = """
        Parts: [&again {ErrorEquals: [States.ALL], MaxAttempts: 6}]
        StartAt: One
        States: {One: {TimeoutSeconds: "${Seconds}", Resource: "${Arn}", Retry: [*again]}, Two: {Retry: [*again]}}
        """
    text = machines.written(source)
    assert '"TimeoutSeconds": ${Seconds},' in text
    assert '"Resource": "${Arn}",' in text
    again = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 6}]
    machine = json.loads(text.replace("${Seconds}", "60"))
    assert [state["Retry"] for state in machine["States"].values()] == [again, again]
    assert set(machine) == {"StartAt", "States"}


def states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in definition["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


def read(path: Path) -> dict[str, Any]:
    return json.loads(re.sub(r"\$\{\w+\}", "60", path.read_text()))


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_every_task_ends_and_every_wait_is_caught(path: Path) -> None:
    for name, state in states(read(path)):
        if state["Type"] != "Task":
            continue
        assert state["TimeoutSeconds"] > 0, name
        if state["Resource"].endswith(".waitForTaskToken"):
            caught = {error for catch in state["Catch"] for error in catch["ErrorEquals"]}
            assert {"States.Timeout", "States.HeartbeatTimeout"} <= caught, name


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_a_step_whose_process_dies_or_hangs_is_tried_again(path: Path) -> None:
    """Whatever its failure is called: a step may be repeated, and what does not heal comes before a person anyway."""
    for name, state in states(read(path)):
        if state["Type"] == "Task":
            waits = state["Resource"].endswith(".waitForTaskToken")
            superseded, other = state["Retry"]
            assert superseded == {"ErrorEquals": ["Superseded"], "MaxAttempts": 0}, name
            assert other["ErrorEquals"] == ["States.TaskFailed" if waits else "States.ALL"], name
            assert other["MaxAttempts"] == 6, name


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_every_state_is_reachable(path: Path) -> None:
    def reach(definition: dict[str, Any]) -> None:
        seen, todo = set(), [definition["StartAt"]]
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            state = definition["States"][name]
            todo += [one["Next"] for one in (*state.get("Choices", ()), *state.get("Catch", ()))]
            todo += [state[key] for key in ("Next", "Default") if key in state]
            if "ItemProcessor" in state:
                reach(state["ItemProcessor"])
        assert seen == set(definition["States"])

    reach(read(path))


def test_days_are_reckoned_by_the_zones_that_are_pinned() -> None:
    """Python looks for zones in the system's folders first, where the table is as old as the machine's image."""
    variables = deployed.template()["Globals"]["Function"]["Environment"]["Variables"]
    told = {name: value for name, value in variables.items() if name == "PYTHONTZPATH"}
    asked = "import zoneinfo; print(zoneinfo.TZPATH, zoneinfo.ZoneInfo('America/Winnipeg').key)"
    answer = subprocess.run([sys.executable, "-c", asked], env=told, capture_output=True, text=True, check=True)
    assert answer.stdout == "() America/Winnipeg\n"


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.name)
def test_what_a_machine_reads_of_a_step_is_what_the_step_answers(path: Path) -> None:
    """A path that leads nowhere fails an execution on AWS, where nothing catches it. The emulators go on: by the
    Default of a Choice, or with a list of one nothing."""
    answers = {name: get_type_hints(task.act)["return"] for name, task in tasks.TASKS.items()} | {"seal": Sealed}
    told = {}
    for name, state in states(read(path)):
        for member, source in state.get("ResultSelector", {}).items():
            answer = answers[state["Parameters"]["Payload"]["task"]].model_fields
            assert source.removeprefix("$.Payload.") in answer, name
            told[f"{state['ResultPath']}.{member.removesuffix('.$')}"] = answer[member.removesuffix(".$")].annotation
    for name, state in states(read(path)):
        for rule in state.get("Choices", ()):
            assert rule["StringEquals"] in set(told[rule["Variable"]]), name
        assert {state[key] for key in ("ItemsPath", "SecondsPath") if key in state} <= set(told), name


def references(value: Any, names: set[str]) -> set[str]:
    if isinstance(value, dict):
        found: set[str] = set()
        for key, inner in value.items():
            if key == "Ref" and inner in names:
                found.add(inner)
            elif key == "GetAtt":
                found.add(inner[0] if isinstance(inner, list) else inner.split(".")[0])
            elif key == "Sub":
                text = inner[0] if isinstance(inner, list) else inner
                found |= {one.split(".")[0] for one in re.findall(r"\$\{([\w.]+)\}", text)} & names
            else:
                found |= references(inner, names)
        return found & names
    if isinstance(value, list):
        return set().union(*(references(one, names) for one in value)) if value else set()
    return set()


def test_no_resource_needs_itself_in_a_circle() -> None:
    """CloudFormation cannot order a circle, and no linter sees one that runs through an API's body."""
    resources = deployed.template()["Resources"]
    names = set(resources)
    needs = {}
    for name, resource in resources.items():
        properties = dict(resource.get("Properties", {}))
        properties.pop("Events", None)
        needs[name] = references(properties, names)
    assert {name for _, _, name in deployed.routes()} <= needs["Api"]
    graphlib.TopologicalSorter(needs).prepare()


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in deployed.template()["Resources"].items():
        for policy in resource.get("Properties", {}).get("Policies", ()):
            if isinstance(policy, dict):
                for statement in policy.get("Statement", ()):
                    yield name, statement


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_only_the_functions_that_seal_and_that_sign_heads_may_sign() -> None:
    signers = {name for name, statement in statements() if "kms:Sign" in listed(statement["Action"])}
    assert signers == {"SealFunction", "SealCertificateFunction", "HeadsFunction"}


MESSAGES_ONLY = {"StringEquals": {"kms:EncryptionContext:purpose": SEALED_FOR}}


def test_only_rendering_and_outward_effects_may_decrypt() -> None:
    readers = [(name, one) for name, one in statements() if "kms:Decrypt" in listed(one["Action"])]
    of_messages = [name for name, one in readers if one.get("Condition") == MESSAGES_ONLY]
    assert sorted(name for name, one in readers if "Condition" not in one) == [
        "RelayFunction",
        "RenderFunction",
        "SweepFunction",
    ]
    assert sorted(of_messages) == ["ProcessFunction", "WidgetFunction"], "what a vendor said, and nothing else"
    assert len(readers) == 5


def test_the_layer_hangs_only_on_functions_that_render_draw_or_seal() -> None:
    layered = {name for name, function in FUNCTIONS.items() if function.get("Layers")}
    assert layered == {"RenderFunction", "PicturesFunction", "SealFunction", "SealCertificateFunction"}


def test_what_decodes_strangers_images_has_no_rights_and_no_secrets() -> None:
    pictures = FUNCTIONS["PicturesFunction"]
    assert "Policies" not in pictures
    assert "Environment" not in pictures


def test_the_stream_shows_keys_only() -> None:
    table = deployed.template()["Resources"]["Table"]["Properties"]
    assert table["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"


@pytest.mark.parametrize("door", ["InterviewFunction", "SignFunction"])
def test_a_door_can_still_say_that_the_function_it_asks_is_too_slow(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "us-east-1")
    wiring.forget()
    config = wiring._client("lambda").meta.config
    wiring.forget()
    patience = (config.connect_timeout + config.read_timeout) * config.retries["total_max_attempts"]
    assert patience <= FUNCTIONS[door]["Timeout"] - 4


@pytest.mark.law("T20", "N13")
@pytest.mark.parametrize("name", ["AppointmentWebhookSecret", "CertificationWebhookSecret", "SalesWebhookSecret"])
@pytest.mark.parametrize(
    ("secret", "taken"),
    [
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", True),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", True),
        ("whsec_c2l4dGVlbiBieXRlIGtleQ", True),
        ("whsec_c2l4dGVlbiBieXRlIGtleQ== whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", True),
        ("", False),
        ("whsec_", False),
        ("whsec_AA==", False),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_", False),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", False),
        ("a password", False),
    ],
)
def test_a_void_webhook_secret_is_refused_at_deployment(name: str, secret: str, taken: bool) -> None:
    pattern = deployed.template()["Parameters"][name]["AllowedPattern"]
    assert (re.fullmatch(pattern, secret) is not None) is taken
    assert all(webhooks.key_of(one) for one in secret.split()) or not taken
