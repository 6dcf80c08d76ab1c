#!/usr/bin/env bash
# Dark mode in a mail needs "!important" in a media query, because inlined styles win otherwise. Of three inliners with
# their defaults, only juice leaves such a rule in force: css-inline drops the whole style block, premailer keeps the query
# and takes the "!important" out of it. And where a class says "!important" against a style attribute, premailer lets
# the attribute win, so it changes what the mail looks like.
#
# Versions: css-inline 0.24.0, premailer 3.10.0, juice 11.1.1 (Node.js)
# Source: seen by running them, 2026-11-28; https://www.w3.org/TR/css-cascade-4/#importance
# Who meets it: who lets a tool inline the styles of letters that have a dark mode
# Memory said: css-inline drops it, the other two keep it working
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'css-inline==0.24.0' 'premailer==3.10.0'
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" juice@11.1.1 >/dev/null
cat >letter.html <<'HTML'
<html><head><style>
p { background: #ffffff } .note { color: red !important }
@media (prefers-color-scheme: dark) { p { background: #111111 !important } }
</style></head><body><p class="note" style="color: green">Your packet is ready.</p></body></html>
HTML
node -e 'const fs = require("fs"); fs.writeFileSync("juice.html", require("./node_modules/juice")(fs.readFileSync("letter.html", "utf8")))'
"$work/venv/bin/python" - <<'PY'
import logging, re, sys
import css_inline
import premailer

logging.disable()
LETTER = open("letter.html", encoding="utf-8").read()
LETTERS = {
    "css-inline": css_inline.inline(LETTER),
    "premailer": premailer.transform(LETTER),
    "juice": open("juice.html", encoding="utf-8").read(),
}


def dark(letter):
    query = re.search(r"@media \(prefers-color-scheme: dark\)\s*{(.*?)}\s*}", letter, re.DOTALL)
    if not query:
        return "gone"
    return "in force" if "!important" in query[1] else "without force"


def color(letter):
    return re.findall(r"(?<![-\w])color:\s*(\w+)", re.search(r"<p[^>]*>", letter)[0])[-1]


seen = {name: (dark(letter), color(letter)) for name, letter in LETTERS.items()}
EXPECTED = {"css-inline": ("gone", "red"), "premailer": ("without force", "green"), "juice": ("in force", "red")}
for name, (rule, shown) in seen.items():
    print(f"{name}: the dark rule is {rule}; the note, red by its class, is {shown}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
