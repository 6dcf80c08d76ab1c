#!/usr/bin/env bash
# sign() of both Standard Webhooks libraries takes the clock face of the time it is given and calls it UTC, also for a time
# that says its zone: noon in New York is signed as 12:00 UTC. With the true seconds in the header the receiver refuses the
# message; nothing fails for a sender whose times are UTC, or have no zone on a machine that runs in UTC.
#
# Versions: standardwebhooks 1.1.0, svix 2.9.1
# Source: seen by running both, 2026-11-28;
#   https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
# Who meets it: a vendor who signs with the time of his own zone; who writes a test with such a time
# Memory said: a time with a zone is signed as the moment it names
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'svix==2.9.1' 'standardwebhooks==1.1.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
from datetime import UTC, datetime, timedelta, timezone
import standardwebhooks
import svix.webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the specification's example
NEW_YORK = timezone(timedelta(hours=-5))
MOMENT = datetime.now(UTC).replace(microsecond=0)
TIMES = {"in UTC": MOMENT, "the same in New York": MOMENT.astimezone(NEW_YORK)}
EXPECTED = {"in UTC": "accepted", "the same in New York": "WebhookVerificationError"}


def outcome(webhook, told):
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(told.timestamp())),
        "webhook-signature": webhook.sign("msg_1", told, "{}"),
    }
    try:
        webhook.verify("{}", headers)
    except Exception as error:
        return type(error).__name__
    return "accepted"


unchanged = True
for name, kind in {"standardwebhooks": standardwebhooks.Webhook, "svix": svix.webhooks.Webhook}.items():
    seen = {what: outcome(kind(SECRET), told) for what, told in TIMES.items()}
    print(name, seen)
    unchanged = unchanged and seen == EXPECTED
sys.exit(0 if unchanged else "the behavior has changed")
PY
