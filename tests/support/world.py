"""The whole product in one process on moto: the template's table, functions and state machine, and a client.

Time is a clock the test moves, outside systems are in memory, and what lies between is the real thing, reached through
API Gateway events. Waits and retry pauses of the state machine are scaled, so that weeks take seconds.
"""

from __future__ import annotations

import base64
import importlib
import json
import re
import threading
import time
import types
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import moto.stepfunctions.parser.asl.component.common.retry.retrier_decl as retrier_decl
import pytest
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint

from econtracting import wiring
from econtracting.adapters.clock import SystemClock
from econtracting.domain.breaker import Vendor
from econtracting.http.problems import Door
from local.refusals import GatewayRefusals
from tests.support import deployed, rewinding
from tests.support.vendors import Outside

REGION = "us-east-1"
GATEWAY = GatewayRefusals(deployed.ROOT / "template.yaml")
START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PATIENCE = 60.0  # seconds the world may take to settle: machines are shared, and nothing that works comes near it

SETTINGS = {
    "STAGE": "local",
    "PUBLIC_URL": "https://portal.example.com",
    "SENDER_ADDRESS": "contracting@meridian-health.example",
    "INVITATION_LIFE_SECONDS": "2592000",
    "TEMPORARY_PASSWORD_SECONDS": "600",
    "REMINDER_SECONDS": "259200,604800,1209600",
    "LAST_REMINDER_SECONDS": "259200",
    "CERTIFICATION_WAIT_SECONDS": "604800",
    "RECONCILE_SECONDS": "21600",
    "ADVERSE_DAY_SECONDS": "86400",
    "RETRY_SECONDS": "30",
    "BREAKER_FAILURES": "5",
    "BREAKER_PAUSE_SECONDS": "60",
    "SYNTHETIC_PEOPLE": "true",
    "PASSWORD_PROFILE": "familiar",
    "PASSWORD_MAILS_PER_PACKET": "5",
    "PASSWORD_MAILS_PER_ADDRESS": "20",
    "LOGINS_PER_ADDRESS": "60",
    "PACKET_TYPE": "meridian",
    "BACKGROUND_CHECK_VENDOR": "fairmeadow",
    "CARRIER_TIME_ZONE": "America/New_York",
    "OBJECT_LOCK_MODE": "GOVERNANCE",
    "OBJECT_LOCK_DAYS": "1",
    "STEP_UP_SECONDS": "600",
    "SEAL_LEVEL": "B-B",
    "SEAL_WITHOUT_TIMESTAMP": "wait",
    "POWERTOOLS_SERVICE_NAME": "econtracting",
    "POWERTOOLS_METRICS_NAMESPACE": "eContracting",
    "POWERTOOLS_TRACE_DISABLED": "1",
    "STAFF_ISSUER": "https://staff.example.com",
    "STAFF_CLIENT_ID": "client",
    "STAFF_KEYS_URL": "https://staff.example.com/keys",
}
WAITS = {
    "BackgroundWaitSeconds": 21 * 86400,
    "AppointmentWaitSeconds": 14 * 86400,
    "CertificationWaitSeconds": 7 * 86400,
}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_(self, **duration: float) -> None:
        self.at += timedelta(**duration)


class Pace:
    """How long a day of the workflow's waiting takes: long enough for the world to answer, unless a test hurries."""

    def __init__(self) -> None:
        self.seconds_per_day = 5.0
        self.over = threading.Event()  # the world comes to its end: nothing is waited for any more
        self._waiting: set[CallbackEndpoint] = set()

    def hurry(self) -> None:
        self.seconds_per_day = 0.02

    def of(self, seconds: float) -> float:
        return max(0.0, seconds) * self.seconds_per_day / 86400

    def called_back(self, wait: Callable[..., Any], endpoint: CallbackEndpoint, timeout: float | None) -> Any:
        """What a step that waits for a callback is told; None if no one calls in time."""
        self._waiting.add(endpoint)
        try:
            if self.over.is_set():
                return endpoint.get_outcome()
            return wait(endpoint, None if timeout is None else max(self.of(timeout), 0.05))
        finally:
            self._waiting.discard(endpoint)

    def end(self) -> None:
        self.over.set()
        for endpoint in list(self._waiting):
            endpoint.interrupt_all()


class PerThread:
    """A door's notes on the request at hand. In Lambda each request has a process to itself; here it has a thread."""

    def __init__(self) -> None:
        self._kept = threading.local()

    def __get__(self, door: Any, _: type) -> Any:
        return self._kept.__dict__.setdefault(str(id(door)), {})

    def __set__(self, door: Any, notes: Any) -> None:
        self._kept.__dict__[str(id(door))] = notes


@dataclass
class Context:
    """Lambda's context, as far as the product looks at it."""

    function_name: str = "test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:test"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"
    log_stream_name: str = "stream"

    def get_remaining_time_in_millis(self) -> int:
        return 25_000


@dataclass
class Answer:
    status: int
    headers: Mapping[str, list[str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def swept() -> int:
    """Relay whatever is due in the outbox; returns how many effects that were."""
    from process import relay

    effects: int = relay.sweep({}, Context())["effects"]
    return effects


@dataclass
class World:
    clock: Clock
    outside: Outside
    names: dict[str, str]
    pace: Pace
    cookie: str | None = None
    address: str = "203.0.113.7"
    zone: str | None = None  # where the browser says it is
    calls: list[tuple[str, str]] = field(default_factory=list)
    relayed: Callable[[], int] = swept

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        staff: Mapping[str, str] | None = None,
        headers: Mapping[str, str | Sequence[str]] | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
    ) -> Answer:
        """One request as API Gateway would make it of it: routed by the template, authorized, base64 both ways.

        A header or a parameter with several values comes several times.
        """
        function, resource = _route(method, path)
        self.calls.append((method, path))
        sent: dict[str, str | Sequence[str]] = {
            "X-Requested-With": "econtracting",
            "Content-Type": "application/json",
            **(headers or {}),
        }
        if self.zone is not None:
            sent.setdefault("Time-Zone", self.zone)
        if self.cookie is not None and staff is None:
            sent["Cookie"] = f"__Host-session={self.cookie}"
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        event = self._event(method, path, resource, sent, query, raw)
        caller = dict(staff) if staff else self._authorized(event)
        if caller is None:
            refusal = GATEWAY.declared("AUTHORIZER_FAILURE", 503)
            return Answer(refusal.status, {name: [value] for name, value in refusal.headers.items()}, refusal.body)
        event["requestContext"]["authorizer"] = caller
        answer = json.loads(json.dumps(handler_of(function)(event, Context())))
        kept = dict(answer["multiValueHeaders"])
        for cookie in kept.get("Set-Cookie", []):
            token = re.match(r"__Host-session=([^;]*)", cookie)
            self.cookie = token[1] or None if token else self.cookie
        content = answer.get("body") or ""
        found = base64.b64decode(content) if answer.get("isBase64Encoded") else content.encode()
        return Answer(answer["statusCode"], kept, found)

    def settle(self, until: Callable[[], bool] | None = None) -> None:
        """Let the outbox be relayed until nothing is due and, if asked, something has come true."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            did = self.relayed()
            if until is not None and until():
                return
            if until is None and not did:
                return
            time.sleep(0.01)
        raise AssertionError(f"the world did not settle: {self.histories()}")

    def status(self, packet_id: str) -> str:
        return wiring.packets().load(packet_id).status.value

    def reaches(self, packet_id: str, status: str) -> None:
        self.settle(lambda: self.status(packet_id) == status)

    def stop(self) -> None:
        """End every execution and wait until it has ended, so that none of them goes on in the next test's world."""
        client = boto3.client("stepfunctions")
        for arn in (self.names["onboarding"], self.names["jit-appointment"]):
            for one in client.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]:
                with suppress(Exception):  # one that has just ended by itself needs no ending
                    client.stop_execution(executionArn=one["executionArn"])
        self.pace.end()
        assert rewinding.still(PATIENCE), "an execution goes on after it was stopped"

    def histories(self) -> dict[str, list[str]]:
        """What each execution went through, in order: states entered, and how it ended."""
        client = boto3.client("stepfunctions")
        found: dict[str, list[str]] = {}
        arns = [self.names["onboarding"], self.names["jit-appointment"]]
        for execution in [one for arn in arns for one in client.list_executions(stateMachineArn=arn)["executions"]]:
            events = client.get_execution_history(executionArn=execution["executionArn"])["events"]
            found[execution["name"]] = [
                event.get("stateEnteredEventDetails", {}).get("name") or _ending(event)
                for event in events
                if event["type"].endswith(("Entered", "Failed", "TimedOut", "Aborted", "Succeeded"))
            ]
        return found

    def _authorized(self, event: dict[str, Any]) -> dict[str, str] | None:
        """Who is calling; no one where no one has to be known; None if it could not be found out."""
        from auth import authorizer

        if deployed.is_open(event["httpMethod"], event["resource"]):
            return {}
        try:
            return dict(authorizer.lambda_handler(event, Context())["context"])
        except Exception as error:
            return {} if str(error) == authorizer.REFUSED else None

    def _event(
        self,
        method: str,
        path: str,
        resource: str,
        headers: Mapping[str, str | Sequence[str]],
        query: Mapping[str, str | Sequence[str]] | None,
        raw: bytes,
    ) -> dict[str, Any]:
        fields, parameters = _several(headers), _several(query or {})
        return {
            "resource": resource,
            "path": path,
            "httpMethod": method,
            "headers": _last(fields),
            "multiValueHeaders": fields,
            "queryStringParameters": _last(parameters) or None,
            "multiValueQueryStringParameters": parameters or None,
            "pathParameters": None,
            "stageVariables": None,
            "methodArn": f"arn:aws:execute-api:{REGION}:123456789012:api/v1/{method}{path}",
            "requestContext": {
                "resourcePath": resource,
                "httpMethod": method,
                "stage": "v1",
                "requestId": "request",
                "identity": {"sourceIp": self.address, "userAgent": _last(fields).get("User-Agent", "test browser")},
            },
            "body": base64.b64encode(raw).decode() if raw else None,
            "isBase64Encoded": bool(raw),
        }


def _several(given: Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in given.items()}


def _last(given: Mapping[str, list[str]]) -> dict[str, str]:
    """The gateway keeps the last of several values where it has room for one."""
    return {name: values[-1] for name, values in given.items()}


def _ending(event: Mapping[str, Any]) -> str:
    """How a step or an execution ended, with the reason if it failed."""
    failed = event.get("taskFailedEventDetails") or event.get("executionFailedEventDetails") or {}
    why = f": {failed.get('error')} {failed.get('cause')}" if failed else ""
    return f"{event['type']}{why}"


def _route(method: str, path: str) -> tuple[str, str]:
    for known, pattern, function in deployed.routes():
        if known == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
            return function, pattern
    raise LookupError(f"template.yaml has no route {method} {path}")


def handler_of(function: str) -> Callable[[Any, Any], Any]:
    module, _, name = deployed.functions()[function]["Handler"].rpartition(".")
    return getattr(importlib.import_module(module), name)


@dataclass(frozen=True)
class Deployed:
    """What was deployed, what the functions' environment says of it, and everything that AWS then held."""

    names: dict[str, str]
    environment: dict[str, str]
    state: rewinding.State


_deployed: dict[str, Deployed] = {}
_clients = rewinding.Clients()


def build(monkeypatch: pytest.MonkeyPatch) -> World:
    """Everything the template declares that a journey needs, on moto. Call inside mock_aws.

    A process deploys once for each way in which moto serves; later worlds are put back to what was deployed then.
    """
    pace = Pace()
    _scale_waits(monkeypatch, pace)
    monkeypatch.setattr(Door, "context", PerThread(), raising=False)
    world = World(Clock(), Outside(), dict(once(monkeypatch, deploy).names), pace)
    monkeypatch.setattr(LambdaSimpleBackend, "invoke", _invoking(pace))
    monkeypatch.setattr(SystemClock, "now", lambda _: world.clock.now())
    vendors = {
        Vendor.BACKGROUND_CHECK: world.outside.screening,
        Vendor.LICENSE_REGISTRY: world.outside.registry,
        Vendor.APPOINTMENT_GATEWAY: world.outside.gateway,
        Vendor.CERTIFICATION_SITE: world.outside.site,
        Vendor.MAIL: world.outside.post,
    }
    monkeypatch.setattr(wiring, "outside", lambda vendor: vendors[vendor])
    return world


def once(monkeypatch: pytest.MonkeyPatch, deploying: Callable[[pytest.MonkeyPatch], Deployed]) -> Deployed:
    """What a way of deploying leaves behind, as if it had just been done. Call inside mock_aws."""
    assert rewinding.still(PATIENCE), "an execution of an earlier world goes on"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    _clients.install(monkeypatch)
    wiring.forget()
    how = f"{deploying.__module__}.{deploying.__name__} {json.dumps(default_user_config, sort_keys=True)}"
    if how not in _deployed:
        _deployed[how] = deploying(monkeypatch)
    else:
        _deployed[how].state.put_back()
        settle_in(monkeypatch, _deployed[how].environment)
    return _deployed[how]


def settle_in(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> None:
    """Let the functions' settings be these."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def deploy(monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """Deploys again, whatever was deployed before."""
    kms = boto3.client("kms")
    keys = {
        name: kms.create_key(**usage)["KeyMetadata"]["Arn"]
        for name, usage in (
            ("DATA_KEY_ID", {}),
            ("LINK_KEY_ID", {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}),
            ("SEAL_KEY_ID", {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}),
        )
    }
    boto3.client("dynamodb").create_table(TableName="econtracting", **deployed.table())
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="documents", ObjectLockEnabledForBucket=True)
    s3.create_bucket(Bucket="uploads")
    secrets = {
        "background_check_key": "sim_key_meridian",
        "background_check_webhook_secret": "sim_secret_meridian",
        "license_registry_key": "registry",
        "appointment_gateway_key": "gateway",
        "appointment_webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "certification_site_key": "site-key",
        "certification_webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "sales_webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }
    boto3.client("secretsmanager").create_secret(Name="vendors", SecretString=json.dumps(secrets))
    buses = [boto3.client("events").create_event_bus(Name=name)["EventBusArn"] for name in ("lifecycle", "department")]
    functions = _functions()
    machines = {
        name: boto3.client("stepfunctions").create_state_machine(
            name=name,
            definition=deployed.definition(
                name, TasksArn=functions["TasksFunction"], SealArn=functions["SealFunction"], **WAITS
            ),
            roleArn="arn:aws:iam::123456789012:role/machine",
        )["stateMachineArn"]
        for name in ("onboarding", "jit-appointment")
    }
    environment = {
        **SETTINGS,
        **keys,
        "TABLE_NAME": "econtracting",
        "DOCUMENTS_BUCKET": "documents",
        "UPLOADS_BUCKET": "uploads",
        "MALWARE_SCANNING": "none",
        "VENDOR_SECRETS": "vendors",
        "EVENT_BUS": buses[0],
        "DEPARTMENT_BUS": buses[1],
        "RENDER_FUNCTION": "RenderFunction",
        "PICTURES_FUNCTION": "PicturesFunction",
        "SEAL_FUNCTION": "SealFunction",
        "HEADS_FUNCTION": "HeadsFunction",
        "ONBOARDING_ARN": machines["onboarding"],
        "JIT_ARN": machines["jit-appointment"],
        "MAIL_CONFIGURATION_SET": "mail",
        "SEAL_CERTIFICATE": "certificates/seal.pem",
    }
    settle_in(monkeypatch, environment)
    wiring.documents().keep("certificates/seal.pem", _certificate(), "application/x-pem-file")
    return Deployed({**functions, **machines}, environment, rewinding.State.now())


def _certificate() -> bytes:
    from econtracting.adapters.seal_certificate import issue

    return issue(
        boto3.client("kms"),
        wiring.only("SEAL_KEY_ID"),
        common_name="Meridian Health document seal",
        organization="Meridian Health",
        not_before=START - timedelta(days=1),
    )


def _functions() -> dict[str, str]:
    """Registers every function by its logical name."""
    iam = boto3.client("iam")
    role = iam.create_role(RoleName="functions", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client = boto3.client("lambda")
    arns = {}
    for name, function in deployed.functions().items():
        arns[name] = client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler=function["Handler"],
            Code={"ZipFile": b"-"},
        )["FunctionArn"]
    return arns


def _invoking(pace: Pace) -> Callable[..., bytes]:
    """An invocation calls the real handler while the world lasts; errors by class name (M7)."""

    def invoke(self: Any, function_name: str, qualifier: Any, body: Any, headers: Any, response_headers: Any) -> bytes:
        try:
            if pace.over.is_set():
                raise RuntimeError("this world is over")
            answer = handler_of(function_name.rpartition(":")[2])(json.loads(body or "{}"), Context())
            return json.dumps(answer).encode()
        except Exception as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}).encode()

    return invoke


def _scale_waits(monkeypatch: pytest.MonkeyPatch, pace: Pace) -> None:
    wait = CallbackEndpoint.wait
    monkeypatch.setattr(CallbackEndpoint, "wait", lambda self, timeout=None: pace.called_back(wait, self, timeout))
    monkeypatch.setattr(
        WaitFunction,
        "_wait_interval",
        lambda self, env, wait_seconds: env.program_state_event.wait(pace.of(wait_seconds)),
    )
    slept = types.SimpleNamespace(sleep=lambda pause: pace.over.wait(pace.of(pause)))
    monkeypatch.setattr(retrier_decl, "time", slept)
