"""Where the local stack listens, keeps its data and which development keys its parts share.

Every part is its own process and reads the same environment variables, so two stacks with other ports and another
folder can run side by side. The keys are development values: they guard nothing but this machine's loopback.
"""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
STACK_NAME = "econtracting"
REGION = "us-east-1"
SENDER = "contracting@meridian-health.example"

BACKGROUND_CHECK_KEY = "local-background-check-key"
BACKGROUND_CHECK_WEBHOOK_SECRET = "local-background-check-webhooks"
LICENSE_REGISTRY_KEY = "local-license-registry-key"
APPOINTMENT_GATEWAY_KEY = "local-appointment-gateway-key"
APPOINTMENT_WEBHOOK_SECRET = "whsec_bG9jYWwtYXBwb2ludG1lbnQtd2ViaG9va3M="
CERTIFICATION_SITE_KEY = "local-certification-site-key"
CERTIFICATION_WEBHOOK_SECRET = "whsec_bG9jYWwtY2VydGlmaWNhdGlvbi13ZWJob29rcw=="
SALES_WEBHOOK_SECRET = "whsec_bG9jYWwtc2FsZXMtd2ViaG9va3M="

# Which part stands for the screening company that the template parameter chooses.
SCREENING_COMPANIES = {"fairmeadow": "background", "ternfield": "ternfield"}

# What takes days in production takes seconds here, except where a person has to type.
DURATIONS = {
    "InvitationLifeSeconds": "7200",
    "TemporaryPasswordSeconds": "600",
    "ReminderSeconds": "300,700,1400",
    "LastReminderSeconds": "300",
    "BackgroundWaitSeconds": "90",
    "AppointmentWaitSeconds": "90",
    "CertificationWaitSeconds": "90",
    "AdverseDaySeconds": "2",
    "ReconcileSeconds": "5",
    "RetrySeconds": "1",
    "BreakerPauseSeconds": "2",
}


@dataclass(frozen=True)
class Ports:
    """One port for every process that listens; the environment variable is the upper-case name with `_PORT`."""

    portal: int = 8000
    emulator: int = 4566
    background: int = 8101
    registry: int = 8102
    appointments: int = 8103
    certification: int = 8104
    ternfield: int = 8105

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Ports":
        chosen = {
            f.name: int(environ[f"{f.name.upper()}_PORT"]) for f in fields(cls) if f"{f.name.upper()}_PORT" in environ
        }
        return cls(**chosen)


@dataclass(frozen=True)
class Config:
    """One local stack. `overrides` replaces template parameters by name, for instance shorter durations."""

    home: Path = ROOT / ".local"
    ports: Ports = Ports()
    overrides: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read LOCAL_HOME, the *_PORT variables and LOCAL_PARAMETERS ("Name=value Name=value")."""
        overrides = dict(pair.split("=", 1) for pair in environ.get("LOCAL_PARAMETERS", "").split())
        return cls(Path(environ.get("LOCAL_HOME", ROOT / ".local")), Ports.read(environ), overrides)

    def environment(self) -> dict[str, str]:
        """The variables that make a child process read this very configuration."""
        ports = {f"{f.name.upper()}_PORT": str(getattr(self.ports, f.name)) for f in fields(Ports)}
        parameters = " ".join(f"{name}={value}" for name, value in self.overrides.items())
        return {**ports, "LOCAL_HOME": str(self.home), "LOCAL_PARAMETERS": parameters}

    def url(self, part: str) -> str:
        return f"http://{HOST}:{getattr(self.ports, part)}"

    def parameters(self) -> dict[str, str]:
        """The template parameters of a local deployment."""
        screened_by = self.overrides.get("BackgroundCheckVendor", "fairmeadow")
        return {
            "Stage": "local",
            # Functions run as plain processes of this machine, so their wheels must be this machine's.
            "Architecture": "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64",
            "PublicUrl": self.url("portal"),
            "SenderAddress": SENDER,
            "AwsEndpointUrl": self.url("emulator"),
            "BackgroundCheckVendor": screened_by,
            "BackgroundCheckUrl": self.url(SCREENING_COMPANIES[screened_by]),
            "LicenseRegistryUrl": self.url("registry"),
            "AppointmentGatewayUrl": self.url("appointments"),
            "CertificationSiteUrl": self.url("certification"),
            "BackgroundCheckKey": BACKGROUND_CHECK_KEY,
            "BackgroundCheckWebhookSecret": BACKGROUND_CHECK_WEBHOOK_SECRET,
            "LicenseRegistryKey": LICENSE_REGISTRY_KEY,
            "AppointmentGatewayKey": APPOINTMENT_GATEWAY_KEY,
            "AppointmentWebhookSecret": APPOINTMENT_WEBHOOK_SECRET,
            "CertificationSiteKey": CERTIFICATION_SITE_KEY,
            "CertificationWebhookSecret": CERTIFICATION_WEBHOOK_SECRET,
            "SalesWebhookSecret": SALES_WEBHOOK_SECRET,
            "ObjectLockMode": "GOVERNANCE",
            "ObjectLockDays": "1",
            **DURATIONS,
            # Everyone comes from one address here.
            "PasswordMailsPerAddress": "100000",
            "LoginsPerAddress": "100000",
            **self.overrides,
        }


def aws_environment(endpoint: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The process environment with every AWS setting replaced, so that no tool can reach a real account."""
    kept = {name: value for name, value in environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
    }
