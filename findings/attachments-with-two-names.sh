#!/usr/bin/env bash
# A file attached by typst under a name with an accent has two names: the key in the name tree and /F hold the bytes of
# UTF-8, which readers take for PDFDocEncoding, only /UF holds the name. pypdf lists the one file under both names and so
# counts two; pikepdf finds it under the broken key and tells the right name; MuPDF tells the broken one everywhere.
#
# Versions: typst 0.15.2, pypdf 7.1.1, pikepdf 10.18.0, pymupdf 2.0
# Source: seen by running them, 2026-11-28; ISO 32000-2 sections 7.9.2, 7.11.3 and 7.11.4 (strings, file specifications)
# Who meets it: who attaches a file that a person named, or counts a paper's attachments
# Memory said: the name comes back as it was given, once
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'typst==0.15.2' 'pypdf==7.1.1' 'pikepdf==10.18.0' 'pymupdf==2.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
from io import BytesIO
import pikepdf
import pymupdf
import pypdf
import typst

with open("paper.typ", "w", encoding="utf-8") as file:
    file.write('#pdf.attach("license Peña.json", bytes("{}"), mime-type: "application/json")\nThe paper.')
paper = typst.compile("paper.typ")

NAME, BROKEN = "license Peña.json", "license PeÃ±a.json"
with pikepdf.open(BytesIO(paper)) as opened:
    by_pikepdf = [(key, attached.filename) for key, attached in opened.attachments.items()]
document = pymupdf.open(stream=paper)
seen = {
    "pypdf": sorted(pypdf.PdfReader(BytesIO(paper)).attachments),
    "pikepdf": by_pikepdf,
    "pymupdf": [(name, document.embfile_info(name)["ufilename"]) for name in document.embfile_names()],
}
EXPECTED = {"pypdf": sorted([NAME, BROKEN]), "pikepdf": [(BROKEN, NAME)], "pymupdf": [(BROKEN, BROKEN)]}
print("attached:", NAME)
for tool, told in seen.items():
    print(f"{tool}: {told}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
