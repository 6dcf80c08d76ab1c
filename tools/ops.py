"""What the runbooks need and no single AWS command tells: the outbox, one packet, executions, seals, a restored table.

    eval "$(scripts/ops names STACK)"     the stack's outputs as variables; the rest reads them
    scripts/ops outbox                    what is overdue outside the table, by kind and failure
    scripts/ops packet ID                 where one packet stands, and whether its trail holds
    scripts/ops executions                which ended badly, and where their packets are now
    scripts/ops dead-letters [--purge]    what the relay's queue holds; purging wants an outbox on time
    scripts/ops mail-reports [--replay]   mail reports that were not handled; handles them again, each until it is
    scripts/ops lost-runs [--purge]       runs of sweep and census that failed; purging forgets them
    scripts/ops seal                      whether the seal's key and certificate belong together
    scripts/ops act ACT ID --reason TEXT  the widget's actions, confirmed by writing them
    scripts/ops indexes                   whether the table's indexes are filled, and which step comes next
    scripts/ops messages                  vendors' messages that wait for a person, and why
    scripts/ops message ACT ID --reason TEXT  applies one (replay) or leaves it so (set-aside)
    scripts/ops reconcile [--table T]     a table against stored seals and executions
    scripts/ops settle --table T          gives a restored table what does not come along
    scripts/ops stop-ahead --table T      stops executions that a restored table does not know of
    scripts/ops copy-back ID --table T    one packet's items from a restored table

Needs the rights of whoever calls it; nothing changes but by `act`, `message`, `--purge`, `--replay`, `settle`,
`stop-ahead` and `copy-back`.
Exits 1 where something is not as it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import boto3

sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from econtracting.adapters.clock import SystemClock
from econtracting.adapters.dynamodb.indexes import BY_AGENCY, BY_STATUS
from econtracting.adapters.dynamodb.messages import DynamoMessages
from econtracting.adapters.dynamodb.outbox import DynamoOutbox
from econtracting.adapters.dynamodb.packets import DynamoPackets
from econtracting.domain.audit import verify
from econtracting.domain.days import minute_shown
from econtracting.domain.errors import EContractingError
from econtracting.domain.messages import MessageStatus
from econtracting.domain.outbox import Effect
from tools import ops_restore

ACTS = ("resend", "correct", "proceed", "pre-adverse", "adverse", "reject", "retry", "erase")
LATE = 300  # seconds; from then on the outbox's alarm rings
INDEX_STEPS = (
    {BY_AGENCY.before, BY_STATUS.before},
    {BY_AGENCY.before, BY_STATUS.before, BY_AGENCY.name},
    {BY_AGENCY.before, BY_STATUS.before, BY_AGENCY.name, BY_STATUS.name},
    {BY_STATUS.before, BY_AGENCY.name, BY_STATUS.name},
    {BY_AGENCY.name, BY_STATUS.name},
)
BADLY = ("FAILED", "TIMED_OUT", "ABORTED")


def names(arguments: argparse.Namespace) -> int:
    (stack,) = boto3.client("cloudformation").describe_stacks(StackName=arguments.stack)["Stacks"]
    for output in stack["Outputs"]:
        variable = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", output["OutputKey"]).upper()
        print(f"export {variable}={shlex.quote(output['OutputValue'])}")
    return 0


def outbox(_: argparse.Namespace) -> int:
    late, oldest, failures = _overdue()
    for kind, count in sorted(late.items()):
        print(
            f"{kind}: {count} overdue, the oldest by {oldest[kind]} s; {', '.join(sorted(failures[kind])) or 'untried'}"
        )
    if not late:
        print("nothing is overdue")
    return int(any(seconds > LATE for seconds in oldest.values()))


def packet(arguments: argparse.Namespace) -> int:
    packets = _packets()
    found = packets.load(arguments.id)
    reason = f" ({found.review_reason})" if found.review_reason else ""
    print(f"{found.id} stands at {found.status}{reason} since {minute_shown(found.status_at)}, attempt {found.attempt}")
    for trouble in found.troubles:
        print(f"  {trouble.reason}: {trouble.about} since {minute_shown(trouble.since)}, {trouble.failure}")
    for one in packets.all_of(Effect, found.id):
        if one.done_at is None and one.due_at is not None:
            failed = f", failed {one.attempts} times: {one.failure}" if one.failure else ""
            print(f"  {one.id} is due {minute_shown(one.due_at)}{failed}")
    try:
        head = verify(packets.events(found.id))
    except ValueError as broken:
        print(f"  {broken}")
        return 1
    print(f"  {found.event_count} events, chain {'holds' if head == found.event_head else 'ends elsewhere'}")
    return int(head != found.event_head)


def executions(_: argparse.Namespace) -> int:
    client, packets, waiting = boto3.client("stepfunctions"), _packets(), 0
    for machine in (os.environ["ONBOARDING_ARN"], os.environ["JIT_ARN"]):
        for ending in BADLY:
            for one in client.list_executions(stateMachineArn=machine, statusFilter=ending)["executions"]:
                packet_id, _, attempt = one["name"].rpartition("-")
                try:
                    stands = packets.load(packet_id)
                except EContractingError:
                    print(f"{one['name']} {ending}: no packet of that name (a first sale has its own)")
                    continue
                moved = stands.attempt > int(attempt) or stands.status.value in ("NEEDS_REVIEW", "ACTIVE")
                waiting += not moved
                now = f"{stands.status} at attempt {stands.attempt}"
                print(f"{one['name']} {ending}: {now}{'' if moved else ', waits for the reconciler'}")
    return int(waiting > 0)


def indexes(_: argparse.Namespace) -> int:
    """Steps of the template's IndexStep, by which indexes stand."""
    table = boto3.client("dynamodb").describe_table(TableName=os.environ["TABLE_NAME"])["Table"]
    standing = {one["IndexName"]: one for one in table["GlobalSecondaryIndexes"]}
    unfilled = [name for name, one in standing.items() if one["IndexStatus"] != "ACTIVE" or one.get("Backfilling")]
    for name, one in sorted(standing.items()):
        print(f"{name} {one['IndexStatus']}{', not filled yet' if name in unfilled else ''}")
    replaced = {name for one in (BY_AGENCY, BY_STATUS) for name in (one.name, one.before)}
    found = replaced & standing.keys()
    if found not in INDEX_STEPS:
        print("no step of IndexStep has these indexes")
        return 1
    step = INDEX_STEPS.index(found)
    if unfilled:
        print(f"step {step} goes on: deploy nothing until it is over")
        return 1
    print(
        f"step {step}"
        + (f" is done: INDEX_STEP={step + 1} comes next" if step + 1 < len(INDEX_STEPS) else ", the last")
    )
    return 0


def dead_letters(arguments: argparse.Namespace) -> int:
    client, queue = boto3.client("sqs"), os.environ["DEAD_LETTERS_URL"]
    for message in _held(client, queue):
        body = json.loads(message["Body"])
        batch, context = body["DDBStreamBatchInfo"], body["requestContext"]
        print(f"{batch['batchSize']} records from {batch['startSequenceNumber']}: {context['condition']}")
    if not arguments.purge:
        return outbox(arguments)
    if outbox(arguments):
        print("not purged: the sweep has not performed everything yet")
        return 1
    client.purge_queue(QueueUrl=queue)
    print("purged")
    return 0


def mail_reports(arguments: argparse.Namespace) -> int:
    """A report is taken out of the queue once the function has handled it, and stays otherwise."""
    client, queue, left = boto3.client("sqs"), os.environ["DELIVERY_DEAD_LETTERS_URL"], 0
    while messages := _held(client, queue, 120 if arguments.replay else 0):
        for message in messages:
            event, why = _reported(json.loads(message["Body"]))
            handled = arguments.replay and _handled(event)
            print(f"{len(event['Records'])} reports: {why}{', handled now' if handled else ''}")
            left += not handled
            if handled:
                client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        if not arguments.replay:
            break
    if not left:
        print("no report is left")
    return int(left > 0)


def _reported(body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The function's event, from what Lambda gave up, or from what the topic could not hand over."""
    if "requestPayload" in body:
        return body["requestPayload"], str(body["requestContext"]["condition"])
    return {"Records": [{"Sns": {"Message": body["Message"], "MessageId": body.get("MessageId")}}]}, "NotHandedOver"


def _handled(event: dict[str, Any]) -> bool:
    name = os.environ["DELIVERIES_FUNCTION_NAME"]
    answer = boto3.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return "FunctionError" not in answer


def lost_runs(arguments: argparse.Namespace) -> int:
    client, queue = boto3.client("sqs"), os.environ["SCHEDULE_DEAD_LETTERS_URL"]
    messages = _held(client, queue)
    for message in messages:
        body = json.loads(message["Body"])
        context = body.get("requestContext", {})
        name = str(context.get("functionArn", "a schedule")).rpartition("function:")[2]
        print(f"{name}: {context.get('condition', 'not started')} {body.get('timestamp', '')}".rstrip())
    if arguments.purge:
        client.purge_queue(QueueUrl=queue)
        print("purged")
        return 0
    if not messages:
        print("no run was lost")
    return int(bool(messages))


def _held(client: Any, queue: str, seconds: int = 0) -> list[dict[str, Any]]:
    """Messages of a queue; no one else sees them for so many seconds."""
    found = client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=seconds)
    return list(found.get("Messages", ()))


def seal(_: argparse.Namespace) -> int:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    bucket, key = os.environ["DOCUMENTS_BUCKET_NAME"], os.environ["SEAL_CERTIFICATE_KEY"]
    stored = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    certificate = x509.load_pem_x509_certificate(stored)
    certified = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    belongs = certified == boto3.client("kms").get_public_key(KeyId=os.environ["SEALING_KEY"])["PublicKey"]
    days = (certificate.not_valid_after_utc - SystemClock().now()).days
    state = boto3.client("kms").describe_key(KeyId=os.environ["SEALING_KEY"])["KeyMetadata"]["KeyState"]
    print(f"the key is {state.lower()}; the certificate {'belongs' if belongs else 'does NOT belong'} to it")
    print(f"the certificate holds {days} days more")
    return int(not belongs or days < 0 or state != "Enabled")


def act(arguments: argparse.Namespace) -> int:
    form = {"reason": arguments.reason, "fields": arguments.fields, "worksheet": arguments.worksheet}
    return _in_the_widget({"act": arguments.act, "packet_id": arguments.id}, form)


def messages(_: argparse.Namespace) -> int:
    queue = DynamoMessages(boto3.client("dynamodb"), os.environ["TABLE_NAME"])
    cursor, count = None, 0
    while True:
        page = queue.page(MessageStatus.OPEN, cursor, 100)
        for one in page.messages:
            told = " ".join(f"{name}={value}" for name, value in one.told.items())
            about = one.packet_id or one.reference or "-"
            print(f"{one.id}  {one.vendor}  {one.type}  {about}  {one.reason} {','.join(one.parts)} {told}".rstrip())
        count, cursor = count + len(page.messages), page.cursor
        if cursor is None:
            print(f"{count} messages wait")
            return int(count > 0)


def message(arguments: argparse.Namespace) -> int:
    event = {"message_act": arguments.act, "message_id": arguments.id}
    return _in_the_widget(event, {"reason": arguments.reason})


def _in_the_widget(event: dict[str, Any], form: dict[str, str]) -> int:
    event |= {"widgetContext": {"forms": {"all": form}}}
    answer = boto3.client("lambda").invoke(
        FunctionName=os.environ["WIDGET_FUNCTION_NAME"], Payload=json.dumps(event).encode()
    )
    page = json.loads(answer["Payload"].read())
    said = re.search(r'<p role="(status|alert)"[^>]*>(.*?)</p>', page if isinstance(page, str) else "")
    print(unescape(said[2]) if said else f"the widget failed: {page}")
    return int(said is None or said[1] == "alert")


def _packets(table: str | None = None) -> DynamoPackets:
    return DynamoPackets(boto3.client("dynamodb"), table or os.environ["TABLE_NAME"])


def _overdue() -> tuple[Counter[str], dict[str, int], dict[str, set[str]]]:
    """What should be done and is not: how many by kind, for how many seconds the oldest, and the failures met."""
    now, packets = SystemClock().now(), _packets()
    late: Counter[str] = Counter()
    oldest: dict[str, int] = defaultdict(int)
    failures: dict[str, set[str]] = defaultdict(set)
    for packet_id, effect_id, since in DynamoOutbox(boto3.client("dynamodb"), os.environ["TABLE_NAME"]).waiting(now):
        found = packets.find(Effect, packet_id, effect_id) if effect_id else packets.load(packet_id)
        if found is None or found.due_at is None:
            continue
        kind = str(found.kind) if isinstance(found, Effect) else "timer"
        late[kind] += 1
        oldest[kind] = max(oldest[kind], int((now - since).total_seconds()))
        if isinstance(found, Effect) and found.failure:
            failures[kind].add(found.failure)
    return late, oldest, failures


Argument = tuple[str, dict[str, Any]]
ID: Argument = ("id", {})
COMMANDS: dict[Callable[[argparse.Namespace], int], tuple[Argument, ...]] = {
    names: (("stack", {}),),
    outbox: (),
    packet: (ID,),
    indexes: (),
    executions: (),
    dead_letters: (("--purge", {"action": "store_true"}),),
    mail_reports: (("--replay", {"action": "store_true"}),),
    lost_runs: (("--purge", {"action": "store_true"}),),
    seal: (),
    act: (
        ("act", {"choices": ACTS}),
        ID,
        *((f"--{name}", {"default": ""}) for name in ("reason", "fields", "worksheet")),
    ),
    messages: (),
    message: (("act", {"choices": ("replay", "set-aside")}), ID, ("--reason", {"default": ""})),
    ops_restore.reconcile: (("--table", {}),),
    ops_restore.settle: (("--table", {"required": True}),),
    ops_restore.stop_ahead: (("--table", {"required": True}),),
    ops_restore.copy_back: (ID, ("--table", {"required": True})),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/ops", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    for command, arguments in COMMANDS.items():
        added = commands.add_parser(command.__name__.replace("_", "-"))
        added.set_defaults(command=command)
        for name, how in arguments:
            added.add_argument(name, **how)
    return parser


def main(arguments: list[str]) -> int:
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.command(parsed))
    except EContractingError as refusal:
        print(f"refused: {refusal.detail}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
