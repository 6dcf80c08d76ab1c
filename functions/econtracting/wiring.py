"""The composition root: the only module that reads the settings and builds adapters.

Imports stand inside on purpose: a door pays at its cold start only for what it uses, and the documents layer is
imported only where it is attached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast
from zoneinfo import ZoneInfo

from econtracting import ports
from econtracting.domain.corrections import CorrectionSchedule
from econtracting.domain.days import zone
from econtracting.domain.packet_type import PacketType
from econtracting.settings import Settings, only, optional

if TYPE_CHECKING:
    from econtracting.adapters.pace import EvenPace
    from econtracting.adapters.secrets import Credential, Secrets
    from econtracting.domain.access.access import AccessLimits
    from econtracting.domain.access.invitation import Schedule
    from econtracting.domain.access.passwords import PasswordPolicy
    from econtracting.domain.breaker import BreakerRule, Vendor
    from econtracting.domain.signing.documents import SealLevel, SignatureStyle
    from econtracting.usecases.access.auth import OwnPasswords, Sessions, TemporaryPasswords, WayIn
    from econtracting.usecases.access.reminders import Reminders
    from econtracting.usecases.appointing.appointments import Appointing
    from econtracting.usecases.appointing.filing import Filing
    from econtracting.usecases.appointing.sale_follow_up import SaleFollowUp
    from econtracting.usecases.appointing.sales import FirstSales
    from econtracting.usecases.certification.certification import Certification, Feeding
    from econtracting.usecases.commit.review import Reviews
    from econtracting.usecases.corrections.corrections import Corrections
    from econtracting.usecases.department.census import Counting
    from econtracting.usecases.department.decisions import Decisions
    from econtracting.usecases.department.erasing import Erasing
    from econtracting.usecases.department.messages import MessageQueue
    from econtracting.usecases.department.overview import Overview, Producers
    from econtracting.usecases.interview.attachments import Attachments, UploadRemoval
    from econtracting.usecases.interview.contact import EmailChanges
    from econtracting.usecases.interview.interview import Interview, Saving
    from econtracting.usecases.interview.language import PacketLanguages
    from econtracting.usecases.interview.resealing import Resealing
    from econtracting.usecases.interview.summary import Summaries
    from econtracting.usecases.interview.verifying import Identity, Verifying
    from econtracting.usecases.invitations.bulk import BulkInviting
    from econtracting.usecases.invitations.invite import Agencies, Invitations, Inviting
    from econtracting.usecases.invitations.readdressing import Readdressing
    from econtracting.usecases.invitations.upkeep import InvitationUpkeep
    from econtracting.usecases.news.deliveries import Deliveries
    from econtracting.usecases.news.mailing import Mailing
    from econtracting.usecases.news.relay import Executions, Milestones, Publishing, Relay, Timers
    from econtracting.usecases.news.replaying import Replaying
    from econtracting.usecases.news.standing import PacketStanding
    from econtracting.usecases.news.sweeping import Sweeping
    from econtracting.usecases.news.understanding import Understanding
    from econtracting.usecases.news.upkeep import Upkeep
    from econtracting.usecases.news.webhooks import Webhooks
    from econtracting.usecases.screening.adverse import AdverseClock
    from econtracting.usecases.screening.background import Screening
    from econtracting.usecases.screening.background_news import ScreeningNews
    from econtracting.usecases.screening.copies import Copies
    from econtracting.usecases.screening.notices import Notices
    from econtracting.usecases.screening.ordering import Ordering
    from econtracting.usecases.signing.adopting import Adopting
    from econtracting.usecases.signing.consenting import Consenting
    from econtracting.usecases.signing.declining import Declining
    from econtracting.usecases.signing.heads import DailyHeads, HeadsOfPackets, HeadWatch
    from econtracting.usecases.signing.preparing import DocumentRemoval, Preparing
    from econtracting.usecases.signing.printing import Printing
    from econtracting.usecases.signing.sealing import Refusals, Sealing
    from econtracting.usecases.signing.signing import Signing
    from econtracting.usecases.signing.stamping import Stamping


@cache
def settings() -> Settings:
    return Settings.read()


@cache
def _client(service: str) -> Any:
    """An SDK client whose attempts and time-outs fit into a function's and the gateway's time (29 s)."""
    import boto3
    from botocore.config import Config

    # A function that is slow is not asked again at once: the caller's 503 has to be out before its own time is over.
    patience, attempts = (22, 1) if service == "lambda" else (10, 5)
    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=2,
        read_timeout=patience,
        parameter_validation=False,
        signature_version="s3v4" if service == "s3" else None,  # upload targets are signed with it as well
    )
    client = boto3.client(service, config=config)
    client.exceptions  # noqa: B018 - its classes are made at first use; two threads at once would make them twice
    return client


@cache
def packets() -> ports.Packets:
    from econtracting.adapters.dynamodb.packets import DynamoPackets

    return DynamoPackets(_client("dynamodb"), settings().table)


@cache
def messages() -> ports.Messages:
    from econtracting.adapters.dynamodb.messages import DynamoMessages

    return DynamoMessages(_client("dynamodb"), settings().table)


@cache
def outbox() -> ports.Outbox:
    from econtracting.adapters.dynamodb.outbox import DynamoOutbox

    return DynamoOutbox(_client("dynamodb"), settings().table)


@cache
def census() -> ports.Census:
    from econtracting.adapters.dynamodb.census import DynamoCensus

    return DynamoCensus(_client("dynamodb"), settings().table)


@cache
def limits() -> ports.Limits:
    from econtracting.adapters.dynamodb.limits import DynamoLimits

    return DynamoLimits(_client("dynamodb"), settings().table)


@cache
def attempts() -> ports.Attempts:
    from econtracting.adapters.dynamodb.attempts import DynamoAttempts

    return DynamoAttempts(_client("dynamodb"), settings().table)


@cache
def clock() -> ports.Clock:
    from econtracting.adapters.clock import SystemClock

    return SystemClock()


@cache
def carriers_zone() -> ZoneInfo:
    """Where the carrier's days are counted. Raises MissingSetting, ZoneInfoNotFoundError."""
    return zone(only("CARRIER_TIME_ZONE"))


@cache
def ids() -> ports.Ids:
    from econtracting.adapters.ids import RandomIds
    from econtracting.domain.access.passwords import broken_rules

    policy = password_policy()
    return RandomIds(clock(), accepts=lambda password: not broken_rules(policy, password))


@cache
def password_policy() -> PasswordPolicy:
    from econtracting.domain.access.passwords import policy_named

    return policy_named(settings().password_profile)


@cache
def passwords() -> ports.Passwords:
    from econtracting.adapters.passwords import Argon2Passwords

    return Argon2Passwords()


@cache
def access_limits() -> AccessLimits:
    from econtracting.domain.access.access import AccessLimits

    return AccessLimits(
        mails_per_link=int(only("PASSWORD_MAILS_PER_PACKET")),
        mails_per_address=int(only("PASSWORD_MAILS_PER_ADDRESS")),
        logins_per_address=int(only("LOGINS_PER_ADDRESS")),
    )


@cache
def pace() -> EvenPace:
    from econtracting.adapters.pace import EvenPace

    return EvenPace()


@cache
def schedule() -> Schedule:
    from econtracting.domain.access.invitation import Schedule

    known = settings()
    return Schedule(
        life=known.invitation_life, reminders=known.reminders, last_before_expiry=known.last_reminder_before
    )


@cache
def link_secrets() -> ports.LinkSecrets:
    from econtracting.adapters.link_secrets import KmsLinkSecrets

    return KmsLinkSecrets(_client("kms"), only("LINK_KEY_ID"))


@cache
def envelope() -> ports.Envelope:
    from econtracting.adapters.envelope import KmsEnvelope

    return KmsEnvelope(_client("kms"), settings().data_key_id)


@cache
def staff_directory() -> ports.StaffDirectory:
    from econtracting.adapters.staff_directory import PoolDirectory

    return PoolDirectory(_client("cognito-idp"), only("STAFF_POOL_ID"))


@cache
def staff_tokens() -> ports.StaffTokens:
    from econtracting.adapters.staff_tokens import PoolTokens

    return PoolTokens(
        issuer=only("STAFF_ISSUER"), client_id=only("STAFF_CLIENT_ID"), keys_url=only("STAFF_KEYS_URL"), clock=clock()
    )


@cache
def documents() -> ports.DocumentStore:
    from econtracting.adapters.s3 import S3Documents

    return S3Documents(_client("s3"), settings().bucket)


@cache
def uploads() -> ports.Uploads:
    from econtracting.adapters.uploads import S3Uploads

    return S3Uploads(_client("s3"), only("UPLOADS_BUCKET"))


@cache
def scanner() -> ports.Scanner:
    from econtracting.adapters.scanning import MalwareVerdicts, PlainFiles

    if only("MALWARE_SCANNING") == "guardduty":
        return MalwareVerdicts(_client("s3"), only("UPLOADS_BUCKET"), PlainFiles())
    return PlainFiles()


@cache
def preparation() -> ports.Preparation:
    from econtracting.adapters.preparation import LambdaPreparation

    return LambdaPreparation(_client("lambda"), only("RENDER_FUNCTION"))


@cache
def locked_documents() -> ports.DocumentStore:
    """Where what proves something is kept, each object under a retention of its own: seals, signed heads, reports."""
    from econtracting.adapters.s3 import Retention, S3Documents

    mode = cast("Literal['GOVERNANCE', 'COMPLIANCE']", only("OBJECT_LOCK_MODE"))
    retention = Retention(mode, timedelta(days=int(only("OBJECT_LOCK_DAYS"))), clock())
    return S3Documents(_client("s3"), settings().bucket, retention=retention)


@cache
def trails() -> ports.Trails:
    from econtracting.adapters.dynamodb.trails import DynamoTrails

    return DynamoTrails(_client("dynamodb"), settings().table)


@cache
def statements() -> ports.Signer:
    """The sealing key without the documents layer: for heads, not for documents."""
    from econtracting.adapters.statements import KmsStatements

    return KmsStatements(_client("kms"), only("SEAL_KEY_ID"), documents().read(only("SEAL_CERTIFICATE")))


@cache
def head_signing() -> ports.HeadSigning:
    from econtracting.adapters.head_signing import LambdaHeadSigning

    return LambdaHeadSigning(_client("lambda"), only("HEADS_FUNCTION"))


@cache
def renderer() -> ports.Renderer:
    from econtracting.adapters.render import TypstRenderer

    return TypstRenderer()


@cache
def seal() -> ports.Seal:
    from econtracting.adapters.pades import PadesSeal

    certificate = documents().read(only("SEAL_CERTIFICATE"))
    level = cast("SealLevel", only("SEAL_LEVEL"))
    if level == "B-B":
        return PadesSeal(_client("kms"), only("SEAL_KEY_ID"), certificate)
    from econtracting.adapters.timestamps import TimestampAuthorities, trusting

    return PadesSeal(
        _client("kms"),
        only("SEAL_KEY_ID"),
        certificate,
        level=level,
        timestamper=TimestampAuthorities(only("TIMESTAMP_AUTHORITIES").split(",")),
        validation=None if level == "B-T" else trusting(documents().read(only("SEAL_TRUST_ROOTS"))),
    )


@cache
def seal_without_time() -> ports.Seal | None:
    """For packets that are sealed while no timestamp authority answers; None where a deployment wants them to wait."""
    if only("SEAL_LEVEL") != "B-T" or only("SEAL_WITHOUT_TIMESTAMP") == "wait":
        return None
    from econtracting.adapters.pades import PadesSeal

    certificate = documents().read(only("SEAL_CERTIFICATE"))
    return PadesSeal(_client("kms"), only("SEAL_KEY_ID"), certificate, certify=False)


@cache
def stamping() -> ports.Stamping:
    from econtracting.adapters.preparation import LambdaStamping

    return LambdaStamping(_client("lambda"), only("SEAL_FUNCTION"))


def issue_seal_certificate() -> bytes:
    """A new certificate over the sealing key, in the carrier's name."""
    from econtracting.adapters.seal_certificate import issue

    carrier = packet_type(settings().packet_type).carrier
    return issue(
        _client("kms"),
        only("SEAL_KEY_ID"),
        common_name=f"{carrier.name} document seal",
        organization=carrier.legal_name,
        not_before=clock().now(),
    )


def seal_certificate_expires() -> datetime:
    """The last moment at which documents can be sealed with today's certificate."""
    from econtracting.adapters.certificate_life import expires

    return expires(documents().read(only("SEAL_CERTIFICATE")))


def signature_styles() -> tuple[SignatureStyle, ...]:
    from econtracting.adapters.packet_files import signature_styles as styles

    return styles()


@cache
def pictures() -> ports.SignaturePictures:
    from econtracting.adapters.remote_pictures import LambdaPictures

    return LambdaPictures(_client("lambda"), only("PICTURES_FUNCTION"))


@cache
def drawing_board() -> ports.SignaturePictures:
    """The libraries behind `pictures`, where they are attached."""
    from econtracting.adapters.signature_pictures import PillowPictures

    return PillowPictures()


def draw_picture(task: dict[str, Any]) -> dict[str, Any]:
    """What the function with the drawing libraries answers to the one that asks for pictures."""
    from econtracting.adapters.remote_pictures import answer

    return answer(drawing_board(), task).model_dump(mode="json")


@cache
def binder() -> ports.Binder:
    from econtracting.adapters.binder import PypdfBinder

    return PypdfBinder()


def step_up() -> timedelta:
    """How long a password counts for what asks for it again."""
    return timedelta(seconds=float(only("STEP_UP_SECONDS")))


@cache
def workflow() -> ports.Workflow:
    from econtracting.adapters.stepfunctions import StepFunctions

    return StepFunctions(_client("stepfunctions"), only("ONBOARDING_ARN"))


def patience() -> CorrectionSchedule:
    return CorrectionSchedule(settings().reminders, settings().invitation_life)


@cache
def jit_workflow() -> ports.Workflow:
    from econtracting.adapters.stepfunctions import StepFunctions

    return StepFunctions(_client("stepfunctions"), only("JIT_ARN"))


@cache
def events() -> ports.Events:
    from econtracting.adapters.eventbridge import EventBridge
    from econtracting.domain.outbox import Bus

    buses = {Bus.LIFECYCLE: only("EVENT_BUS"), Bus.DEPARTMENT: only("DEPARTMENT_BUS")}
    return EventBridge(_client("events"), buses)


@cache
def _edge_secrets() -> Secrets:
    from econtracting.adapters.secrets import Secrets, read_edge_secret

    client, secret_id = _client("secretsmanager"), only("EDGE_SECRET_ID")
    return Secrets(lambda: read_edge_secret(client, secret_id), clock())


def from_edge(shown: str) -> bool:
    """Whether what a request shows is what the distribution proves itself with; never where there is none."""
    if optional("EDGE_SECRET_ID") is None:
        return False
    from econtracting.adapters.secrets import EDGE
    from econtracting.domain.errors import BadSignature, Unavailable
    from econtracting.domain.webhooks import verify_shown

    try:
        _edge_secrets().verified(EDGE, lambda values: verify_shown(shown, values))
    except (BadSignature, Unavailable):  # who cannot be told from anyone else is anyone else
        return False
    return True


@cache
def secrets() -> Secrets:
    """What the vendors gave us to call them, and to believe their webhooks."""
    from econtracting.adapters.secrets import Secrets, read_secrets

    client, secret_id = _client("secretsmanager"), only("VENDOR_SECRETS")
    return Secrets(lambda: read_secrets(client, secret_id), clock())


def _credential(name: str) -> Credential:
    from econtracting.adapters.secrets import Credential

    return Credential.of(secrets(), name)


@cache
def breakers() -> ports.Breakers:
    from econtracting.adapters.dynamodb.breakers import DynamoBreakers

    return DynamoBreakers(_client("dynamodb"), settings().table)


@cache
def breaker_rule() -> BreakerRule:
    from econtracting.domain.breaker import BreakerRule

    return BreakerRule(int(only("BREAKER_FAILURES")), timedelta(seconds=float(only("BREAKER_PAUSE_SECONDS"))))


def _guarded(vendor: str) -> Any:
    from econtracting.adapters.guarded import Guarded
    from econtracting.domain.breaker import Vendor

    known = Vendor(vendor)
    return Guarded(outside(known), known, breakers(), breaker_rule(), clock())


@cache
def background_checks() -> ports.BackgroundChecks:
    return cast("ports.BackgroundChecks", _guarded("background-check"))


@cache
def screening_messages() -> ports.ScreeningMessages:
    from econtracting.adapters.secrets import RotatingMessages

    secret = {"fairmeadow": "background_check_key", "ternfield": "background_check_webhook_secret"}
    return RotatingMessages(secrets(), secret[only("BACKGROUND_CHECK_VENDOR")], _screening_messages)


def _screening_messages(keys: Sequence[str]) -> ports.ScreeningMessages:
    from econtracting.adapters.vendors.background_checks import BackgroundCheckMessages
    from econtracting.adapters.vendors.ternfield import TernfieldMessages

    companies: dict[str, Callable[[Sequence[str]], ports.ScreeningMessages]] = {
        "fairmeadow": BackgroundCheckMessages,
        "ternfield": TernfieldMessages,
    }
    return companies[only("BACKGROUND_CHECK_VENDOR")](keys)


@cache
def license_registry() -> ports.LicenseRegistry:
    return cast("ports.LicenseRegistry", _guarded("license-registry"))


@cache
def appointment_gateway() -> ports.AppointmentGateway:
    return cast("ports.AppointmentGateway", _guarded("appointment-gateway"))


@cache
def certification_site() -> ports.CertificationSite:
    return cast("ports.CertificationSite", _guarded("certification-site"))


@cache
def mailer() -> ports.Mailer:
    return cast("ports.Mailer", _guarded("mail"))


def outside(vendor: Vendor) -> Any:
    """A vendor's adapter as it is, without its breaker."""
    built = {
        "background-check": _background_checks,
        "license-registry": _license_registry,
        "appointment-gateway": _appointment_gateway,
        "certification-site": _certification_site,
        "mail": _mailer,
    }
    return built[vendor.value]()


def _background_checks() -> ports.BackgroundChecks:
    from econtracting.adapters.vendors.background_checks import HttpBackgroundChecks
    from econtracting.adapters.vendors.ternfield import HttpTernfield

    companies: dict[str, Callable[[str, Credential], ports.BackgroundChecks]] = {
        "fairmeadow": HttpBackgroundChecks,
        "ternfield": HttpTernfield,
    }
    key = _credential("background_check_key")
    return companies[only("BACKGROUND_CHECK_VENDOR")](only("BACKGROUND_CHECK_URL"), key)


def _license_registry() -> ports.LicenseRegistry:
    from econtracting.adapters.vendors.http import Timeouts
    from econtracting.adapters.vendors.license_registry import HttpLicenseRegistry

    timeouts = Timeouts(connect=1, read=4)  # an agent waits for it, and can go on without
    return HttpLicenseRegistry(only("LICENSE_REGISTRY_URL"), _credential("license_registry_key"), timeouts)


def _appointment_gateway() -> ports.AppointmentGateway:
    from econtracting.adapters.vendors.appointment_gateway import HttpAppointmentGateway

    return HttpAppointmentGateway(only("APPOINTMENT_GATEWAY_URL"), _credential("appointment_gateway_key"))


def _certification_site() -> ports.CertificationSite:
    from econtracting.adapters.vendors.certification_site import HttpCertificationSite

    return HttpCertificationSite(only("CERTIFICATION_SITE_URL"), _credential("certification_site_key"))


def _mailer() -> ports.Mailer:
    from econtracting.adapters.ses import SesMailer

    return SesMailer(_client("sesv2"), settings().sender, only("MAIL_CONFIGURATION_SET"))


@cache
def reviews() -> Reviews:
    from econtracting.usecases.commit.review import Reviews

    return Reviews(packets(), clock())


@cache
def corrections() -> Corrections:
    from econtracting.usecases.corrections.corrections import Corrections

    return Corrections(packets=packets(), packet_types=packet_type, clock=clock(), patience=patience())


@cache
def screening() -> Screening:
    from econtracting.usecases.screening.background import Screening

    return Screening(packets(), clock(), settings().reminders)


@cache
def screening_news() -> ScreeningNews:
    from econtracting.usecases.screening.background_news import ScreeningNews

    return ScreeningNews(packets=packets(), packet_types=packet_type, clock=clock(), patience=patience())


@cache
def ordering() -> Ordering:
    from econtracting.usecases.screening.ordering import Ordering

    return Ordering(
        packets=packets(),
        packet_types=packet_type,
        envelope=envelope(),
        checks=background_checks(),
        clock=clock(),
    )


@cache
def copies() -> Copies:
    from econtracting.usecases.screening.copies import Copies

    return Copies(packets(), background_checks(), locked_documents(), clock())


@cache
def adverse_clock() -> AdverseClock:
    from econtracting.usecases.screening.adverse import AdverseClock

    return AdverseClock(packets(), clock(), settings().adverse_day)


@cache
def appointing() -> Appointing:
    from econtracting.usecases.appointing.appointments import Appointing

    return Appointing(packets=packets(), packet_types=packet_type, clock=clock())


@cache
def filing() -> Filing:
    from econtracting.usecases.appointing.filing import Filing

    return Filing(
        packets=packets(),
        packet_types=packet_type,
        registry=license_registry(),
        gateway=appointment_gateway(),
        clock=clock(),
    )


@cache
def first_sales() -> FirstSales:
    from econtracting.usecases.appointing.sales import FirstSales

    return FirstSales(
        packets=packets(),
        packet_types=packet_type,
        clock=clock(),
        every=settings().reconcile_every,
        home=carriers_zone(),
    )


@cache
def sale_follow_up() -> SaleFollowUp:
    from econtracting.usecases.appointing.sale_follow_up import SaleFollowUp

    return SaleFollowUp(
        packets=packets(),
        workflow=jit_workflow(),
        clock=clock(),
        every=settings().reconcile_every,
        home=carriers_zone(),
    )


@cache
def certification() -> Certification:
    from econtracting.usecases.certification.certification import Certification

    return Certification(
        packets=packets(),
        packet_types=packet_type,
        clock=clock(),
        feed_life=settings().feed_life,
        reminders=settings().reminders,
    )


@cache
def feeding() -> Feeding:
    from econtracting.usecases.certification.certification import Feeding

    return Feeding(packets(), certification_site(), clock())


@cache
def webhooks() -> Webhooks:
    from econtracting.usecases.news.webhooks import Webhooks

    return Webhooks(
        packets=packets(),
        messages=messages(),
        understanding=understanding(),
        envelope=envelope(),
        clock=clock(),
    )


@cache
def understanding() -> Understanding:
    from econtracting.usecases.news.understanding import Understanding

    return Understanding(
        packets=packets(),
        packet_types=packet_type,
        screening=_screening_messages(()),  # reads what was verified before, and needs no key for that
        every=settings().reconcile_every,
        home=carriers_zone(),
    )


@cache
def replaying() -> Replaying:
    from econtracting.usecases.news.replaying import Replaying

    return Replaying(
        packets=packets(),
        messages=messages(),
        understanding=understanding(),
        envelope=envelope(),
        clock=clock(),
    )


@cache
def message_queue() -> MessageQueue:
    from econtracting.usecases.department.messages import MessageQueue

    return MessageQueue(packets=packets(), messages=messages(), replaying=replaying(), clock=clock())


@cache
def deliveries() -> Deliveries:
    from econtracting.usecases.news.deliveries import Deliveries

    return Deliveries(packets(), clock())


@cache
def mailing() -> Mailing:
    from econtracting.usecases.news.mailing import Mailing

    return Mailing(
        packets=packets(),
        packet_types=packet_type,
        envelope=envelope(),
        link_secrets=link_secrets(),
        mailer=mailer(),
        ids=ids(),
        clock=clock(),
        public_url=settings().public_url,
        home=carriers_zone(),
    )


@cache
def upkeep() -> Upkeep:
    from econtracting.usecases.news.upkeep import Upkeep

    return Upkeep(packets=packets(), workflow=workflow(), clock=clock(), every=settings().reconcile_every)


@cache
def executions() -> Executions:
    from econtracting.usecases.news.relay import Executions

    return Executions(packets(), workflow())


@cache
def publishing() -> Publishing:
    from econtracting.usecases.news.relay import Publishing

    return Publishing(events())


@cache
def relay() -> Relay:
    """What performs a row is built when the first of its kind comes."""
    from econtracting.domain.outbox import EffectKind
    from econtracting.usecases.news.relay import Relay

    return Relay(
        outbox=outbox(),
        packets=packets(),
        clock=clock(),
        performers={
            EffectKind.MAIL: lambda effect: mailing().send(effect),
            EffectKind.START_WORKFLOW: lambda effect: executions().start(effect),
            EffectKind.WAKE_WORKFLOW: lambda effect: executions().wake(effect),
            EffectKind.PUBLISH: lambda effect: publishing().publish(effect),
            EffectKind.ORDER_CHECK: lambda effect: ordering().order(effect),
            EffectKind.SYNC_CHECK: lambda effect: ordering().sync(effect),
            EffectKind.FETCH_REPORT: lambda effect: copies().fetch(effect),
            EffectKind.VERIFY_IDENTITY: lambda effect: verifying().verify(effect),
            EffectKind.ORDER_APPOINTMENT: lambda effect: filing().order(effect),
            EffectKind.FEED_PRODUCER: lambda effect: feeding().feed(effect),
            EffectKind.START_JIT: lambda effect: sale_follow_up().start(effect),
            EffectKind.STAMP_SEALS: lambda effect: stamping().stamp(effect.packet_id),
            EffectKind.SIGN_MILESTONE: lambda effect: milestones().sign(effect),
            EffectKind.DROP_UPLOAD: lambda effect: upload_removal().drop(effect),
            EffectKind.DROP_DOCUMENTS: lambda effect: document_removal().drop(effect),
            EffectKind.WATCH: lambda effect: timers().ring(effect),
        },
        retry_base=settings().retry_base,
    )


@cache
def milestones() -> Milestones:
    from econtracting.usecases.news.relay import Milestones

    return Milestones(head_signing())


@cache
def sweeping() -> Sweeping:
    from econtracting.usecases.news.sweeping import Sweeping

    return Sweeping(outbox(), packets(), clock(), settings().retry_base)


@cache
def timers() -> Timers:
    from econtracting.domain.outbox import TimerKind
    from econtracting.usecases.news.relay import Timers

    return Timers(
        {
            TimerKind.CHECK: lambda packet_id, attempt: screening_news().on_timer(packet_id, int(attempt)),
            TimerKind.CORRECTION: lambda packet_id, number: corrections().on_timer(packet_id, int(number)),
            TimerKind.REVIEW: lambda packet_id, number: reviews().on_timer(packet_id, int(number)),
            TimerKind.ADVERSE: lambda packet_id, attempt: adverse_clock().on_timer(packet_id, int(attempt)),
            TimerKind.COURSES: lambda packet_id, _: certification().on_timer(packet_id),
            TimerKind.MESSAGE: lambda message_id, _: replaying().on_timer(message_id),
            TimerKind.SALE: lambda packet_id, state: sale_follow_up().on_timer(packet_id, state),
        }
    )


@cache
def overview() -> Overview:
    from econtracting.usecases.department.overview import Overview

    return Overview(
        packets=packets(),
        packet_types=packet_type,
        breakers=breakers(),
        clock=clock(),
        day=settings().adverse_day,
    )


@cache
def producers() -> Producers:
    from econtracting.usecases.department.overview import Producers

    return Producers(
        packets=packets(),
        packet_types=packet_type,
        registry=license_registry(),
        clock=clock(),
        home=carriers_zone(),
    )


@cache
def decisions() -> Decisions:
    from econtracting.usecases.department.decisions import Decisions

    return Decisions(
        packets=packets(),
        outbox=outbox(),
        packet_types=packet_type,
        clock=clock(),
        patience=patience(),
        every=settings().reconcile_every,
        day=settings().adverse_day,
    )


@cache
def erasing() -> Erasing:
    from econtracting.usecases.department.erasing import Erasing

    return Erasing(packets(), clock())


@cache
def counting() -> Counting:
    from econtracting.usecases.department.census import Counting

    return Counting(census(), breakers(), clock())


def packet_type(name: str) -> PacketType:
    from econtracting.packet_types import load

    return load(name)


@cache
def consenting() -> Consenting:
    from econtracting.usecases.signing.consenting import Consenting

    return Consenting(packets(), packet_type, documents(), clock())


@cache
def adopting() -> Adopting:
    from econtracting.usecases.signing.adopting import Adopting

    return Adopting(
        packets=packets(),
        packet_types=packet_type,
        documents=documents(),
        pictures=pictures(),
        clock=clock(),
        ids=ids(),
        styles=signature_styles(),
        step_up=step_up(),
    )


@cache
def signing() -> Signing:
    from econtracting.usecases.signing.signing import Signing

    return Signing(packets(), packet_type, documents(), clock(), step_up())


@cache
def declining() -> Declining:
    from econtracting.usecases.signing.declining import Declining

    return Declining(packets(), clock())


@cache
def printing() -> Printing:
    from econtracting.usecases.signing.printing import Printing

    return Printing(
        packets=packets(),
        packet_types=packet_type,
        documents=documents(),
        binder=binder(),
        head_signing=head_signing(),
        clock=clock(),
        home=carriers_zone(),
    )


@cache
def heads_of_packets() -> HeadsOfPackets:
    from econtracting.usecases.signing.heads import HeadsOfPackets

    return HeadsOfPackets(packets(), locked_documents(), statements(), clock())


@cache
def daily_heads() -> DailyHeads:
    from econtracting.usecases.signing.heads import DailyHeads

    return DailyHeads(trails(), locked_documents(), statements(), clock(), carriers_zone())


@cache
def head_watch() -> HeadWatch:
    from econtracting.usecases.signing.heads import HeadWatch

    return HeadWatch(documents(), clock(), carriers_zone())


@cache
def notices() -> Notices:
    from econtracting.usecases.screening.notices import Notices

    return Notices(packets(), packet_type, documents(), clock())


@cache
def preparing() -> Preparing:
    from econtracting.usecases.signing.preparing import Preparing

    return Preparing(packets(), packet_type, envelope(), renderer(), documents(), ids(), clock())


@cache
def resealing() -> Resealing:
    from econtracting.usecases.interview.resealing import Resealing

    return Resealing(packets(), envelope(), clock())


@cache
def sealing() -> Sealing:
    """Raises SealRefused for a key and a certificate that cannot seal."""
    from econtracting.usecases.signing.sealing import Sealing

    return Sealing(
        packets=packets(),
        packet_types=packet_type,
        documents=locked_documents(),
        renderer=renderer(),
        seal=seal(),
        clock=clock(),
        without_time=seal_without_time(),
    )


@cache
def seal_refusals() -> Refusals:
    from econtracting.usecases.signing.sealing import Refusals

    return Refusals(packets(), clock())


@cache
def late_stamping() -> Stamping:
    from econtracting.usecases.signing.stamping import Stamping

    return Stamping(packets(), locked_documents(), seal(), clock())


@cache
def inviting() -> Inviting:
    from econtracting.usecases.invitations.invite import Inviting

    return Inviting(packets(), packet_type, ids(), clock(), link_secrets(), schedule(), settings().packet_type)


@cache
def agencies() -> Agencies:
    from econtracting.usecases.invitations.invite import Agencies

    return Agencies(packets(), clock())


@cache
def bulk_inviting() -> BulkInviting:
    from econtracting.usecases.invitations.bulk import BulkInviting

    return BulkInviting(inviting())


@cache
def invitations() -> Invitations:
    from econtracting.usecases.invitations.invite import Invitations

    return Invitations(packets(), limits(), clock(), schedule())


@cache
def readdressing() -> Readdressing:
    from econtracting.usecases.invitations.readdressing import Readdressing

    return Readdressing(packets(), limits(), clock(), link_secrets(), schedule())


@cache
def invitation_upkeep() -> InvitationUpkeep:
    from econtracting.usecases.invitations.upkeep import InvitationUpkeep

    return InvitationUpkeep(packets(), clock(), schedule())


@cache
def temporary_passwords() -> TemporaryPasswords:
    from econtracting.usecases.access.auth import TemporaryPasswords

    return TemporaryPasswords(
        packets=packets(),
        limits=limits(),
        passwords=passwords(),
        envelope=envelope(),
        ids=ids(),
        clock=clock(),
        allowed=access_limits(),
        life=settings().temporary_password_life,
    )


@cache
def way_in() -> WayIn:
    from econtracting.usecases.access.auth import WayIn

    return WayIn(packets(), attempts(), limits(), passwords(), ids(), clock(), access_limits(), schedule())


@cache
def reminders() -> Reminders:
    from econtracting.usecases.access.reminders import Reminders

    return Reminders(packets(), clock(), schedule())


@cache
def own_passwords() -> OwnPasswords:
    from econtracting.usecases.access.auth import OwnPasswords

    return OwnPasswords(packets(), packet_type, attempts(), passwords(), ids(), clock(), password_policy())


@cache
def sessions() -> Sessions:
    from econtracting.usecases.access.auth import Sessions

    return Sessions(packets(), clock())


@cache
def packet_standing() -> PacketStanding:
    from econtracting.usecases.news.standing import PacketStanding

    return PacketStanding(packets(), packet_type, breakers(), clock(), carriers_zone())


@cache
def interview() -> Interview:
    from econtracting.usecases.interview.interview import Interview

    return Interview(packets(), packet_type, clock())


@cache
def saving() -> Saving:
    from econtracting.usecases.interview.interview import Saving

    synthetic = settings().synthetic_people
    return Saving(packets(), packet_type, envelope(), preparation(), license_registry(), clock(), synthetic)


@cache
def identity() -> Identity:
    from econtracting.usecases.interview.verifying import Identity

    return Identity(packets(), packet_type, clock())


@cache
def verifying() -> Verifying:
    from econtracting.usecases.interview.verifying import Verifying

    return Verifying(packets(), packet_type, envelope(), license_registry(), clock())


@cache
def email_changes() -> EmailChanges:
    from econtracting.usecases.interview.contact import EmailChanges

    return EmailChanges(
        packets=packets(),
        packet_types=packet_type,
        envelope=envelope(),
        passwords=passwords(),
        limits=limits(),
        attempts=attempts(),
        ids=ids(),
        clock=clock(),
        life=settings().temporary_password_life,
    )


@cache
def packet_languages() -> PacketLanguages:
    from econtracting.usecases.interview.language import PacketLanguages

    return PacketLanguages(packets(), clock())


@cache
def attachments() -> Attachments:
    from econtracting.usecases.interview.attachments import Attachments

    return Attachments(packets(), packet_type, uploads(), scanner(), limits(), ids(), clock())


@cache
def document_removal() -> DocumentRemoval:
    from econtracting.usecases.signing.preparing import DocumentRemoval

    return DocumentRemoval(documents())


@cache
def upload_removal() -> UploadRemoval:
    from econtracting.usecases.interview.attachments import UploadRemoval

    return UploadRemoval(uploads())


@cache
def summaries() -> Summaries:
    from econtracting.usecases.interview.summary import Summaries

    return Summaries(packets(), packet_type, preparation(), clock(), settings().synthetic_people)


def forget() -> None:
    """Build everything again at the next call; tests start from here."""
    for built in list(globals().values()):
        if hasattr(built, "cache_clear"):
            built.cache_clear()
