#!/usr/bin/env bash
# Two libraries, one specification, one class name, one header set, and different answers of verify: standardwebhooks
# hands back the parsed message, svix 2 hands back nothing and does not parse (version 1 did). A signed text that is not
# JSON passes in svix and raises in the other. "event = Webhook(secret).verify(...)" goes on with None.
#
# Versions: svix 2.9.1, standardwebhooks 1.1.0
# Source: seen by running both, 2026-11-28; https://github.com/standard-webhooks/standard-webhooks
# Who meets it: who receives our vendors' messages with one library and moves to the other, or renews it
# Memory said: both return the parsed message
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'svix==2.9.1' 'standardwebhooks==1.1.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
from datetime import UTC, datetime
import standardwebhooks
import svix.webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the specification's example
EXPECTED = {
    ("standardwebhooks", '{"type":"course.passed"}'): "{'type': 'course.passed'}",
    ("standardwebhooks", "course passed"): "JSONDecodeError",
    ("svix", '{"type":"course.passed"}'): "None",
    ("svix", "course passed"): "None",
}


def verified(webhook, body):
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign("msg_1", now, body),
    }
    try:
        return repr(webhook.verify(body, headers))
    except Exception as error:
        return type(error).__name__


KINDS = {"standardwebhooks": standardwebhooks.Webhook, "svix": svix.webhooks.Webhook}
seen = {(name, body): verified(KINDS[name](SECRET), body) for name, body in EXPECTED}
for (name, body), told in seen.items():
    print(f"{name}: verify of {body!r} gives {told}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
