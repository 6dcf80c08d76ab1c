#!/usr/bin/env bash
# The two libraries that take an American address apart stop at the addresses of soldiers and of post offices. usaddress
# raises RepeatedLabelError for "PSC 802 Box 74, APO AE 09499", and takes "FPO" for a town in "Unit 45013 Box 2666";
# scourgify, which builds on it and names the Postal Service's Publication 28 as its rule, refuses every post-office box,
# rural route and military address, also when the parts are handed over one by one.
#
# Versions: usaddress 0.5.16, usaddress-scourgify 0.7.1
# Source: seen by running both, 2026-11-28; https://pe.usps.com/text/pub28/28c2_010.htm (military), 28c2_037.htm (boxes)
# Who meets it: who wants to normalize mailing addresses instead of keeping what was typed
# Memory said: both read boxes, and scourgify writes "PO BOX 12"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'usaddress==0.5.16' 'usaddress-scourgify==0.7.1'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
import usaddress
from scourgify import normalize_address_record


def tagged(text):
    try:
        parts, kind = usaddress.tag(text)
    except usaddress.RepeatedLabelError as error:
        return type(error).__name__
    return f"{kind} in {parts['PlaceName']}"


def normalized(address):
    try:
        return normalize_address_record(address)["address_line_1"]
    except Exception as error:
        return type(error).__name__


PARTS = {"address_line_1": "PO Box 12", "address_line_2": None, "city": "Nashville", "state": "TN", "postal_code": "37203"}
EXPECTED = {
    "12 Elm Street, Nashville TN 37203": ("Street Address in Nashville", "12 ELM ST"),
    "PO Box 12, Nashville TN 37203": ("PO Box in Nashville", "UnParseableAddressError"),
    "RR 2 Box 152, Ada OK 74820": ("PO Box in Ada", "UnParseableAddressError"),
    "PSC 802 Box 74, APO AE 09499": ("RepeatedLabelError", "UnParseableAddressError"),
    "Unit 45013 Box 2666, FPO AP 96338": ("PO Box in FPO", "UnParseableAddressError"),
}
seen = {text: (tagged(text), normalized(text)) for text in EXPECTED}
for text, told in seen.items():
    print(f"{text}: {told[0]}; normalized: {told[1]}")
by_parts = normalized(PARTS)
print("a box by its parts, normalized:", by_parts)
sys.exit(0 if seen == EXPECTED and by_parts == "UnParseableAddressError" else "the behavior has changed")
PY
