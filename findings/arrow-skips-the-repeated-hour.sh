#!/usr/bin/env bash
# arrow's shift(hours=1) from the first 1:30 a.m. of the night in which the clocks go back is 2:30, two hours later; the
# second 1:30 is jumped over. From 0:30 it is the first 1:30. pendulum and whenever add one hour of time.
#
# Versions: arrow 1.4.0, pendulum 3.3.0, whenever 0.11.0
# Source: seen by running them, 2026-11-28; https://arrow.readthedocs.io/en/latest/guide.html#replace-shift
# Who meets it: who counts an hour-long lock, link or retry in local time with it
# Memory said: one hour later, 1:30 standard time
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'arrow==1.4.0' 'pendulum==3.3.0' 'whenever==0.11.0' 'tzdata==2026.6'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
from datetime import UTC, datetime
import arrow
import pendulum
import whenever

ZONE = "America/New_York"
FIRST = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 1:30 a.m., summer time


def hours(moment):
    return (moment.timestamp() - FIRST.timestamp()) / 3600


shifted = arrow.get(FIRST).to(ZONE).shift(hours=1)
added = pendulum.instance(FIRST).in_timezone(ZONE).add(hours=1)
told = whenever.Instant(FIRST).to_tz(ZONE).add(hours=1)
seen = {
    "arrow": (shifted.isoformat(), hours(shifted)),
    "pendulum": (added.isoformat(), hours(added)),
    "whenever": (str(told), hours(told)),
}
EXPECTED = {
    "arrow": ("2026-11-01T02:30:00-05:00", 2.0),
    "pendulum": ("2026-11-01T01:30:00-05:00", 1.0),
    "whenever": ("2026-11-01T01:30:00-05:00[America/New_York]", 1.0),
}
for name, (text, passed) in seen.items():
    print(f"{name}: one hour after 1:30 summer time is {text}, {passed} hours later")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
