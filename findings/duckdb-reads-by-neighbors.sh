#!/usr/bin/env bash
# DuckDB 2 reads a CSV column of American days by its neighbors: 4/2/1985 is the fourth of February as long as no day in
# the column is above 12, and the second of April as soon as one is; a day above 12 behind the first 20,480 rows
# refuses the whole file. A ZIP code keeps its leading zero, but only where one with a zero stands in those first rows;
# behind them 02134 becomes 2134 without a word.
#
# Versions: duckdb 2.0.1
# Source: seen by running it, 2026-11-28; https://duckdb.org/docs/stable/data/csv/auto_detection
# Who meets it: who looks at a recruiter's or a registry's file with it, or joins two such files
# Memory said: month first where both readings fit; ZIP codes become numbers always
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'duckdb==2.0.1'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
import duckdb


def read(header, rows):
    """The second column's type and its first and last value, or the kind of error."""
    with open("people.csv", "w", encoding="utf-8", newline="\n") as file:
        file.write(f"name,{header}\n" + "".join(f"N{at},{row}\n" for at, row in enumerate(rows)))
    try:
        table = duckdb.read_csv("people.csv")
        values = [str(value) for _, value in table.fetchall()]
    except duckdb.Error as error:
        return type(error).__name__
    return str(table.types[1]), values[0], values[-1]


LONG = 30_000
seen = {
    "days up to 12": read("born", ["4/2/1985", "12/1/1990"]),
    "one day above 12": read("born", ["4/2/1985", "12/13/1990"]),
    "a day above 12 far below": read("born", ["4/2/1985"] * LONG + ["12/13/1990"]),
    "ZIP with a zero": read("zip", ["37203", "02134"]),
    "ZIP without": read("zip", ["37203", "37204"]),
    "a zero far below": read("zip", ["37203"] * LONG + ["02134"]),
}
EXPECTED = {
    "days up to 12": ("DATE", "1985-02-04", "1990-01-12"),
    "one day above 12": ("DATE", "1985-04-02", "1990-12-13"),
    "a day above 12 far below": "ConversionException",
    "ZIP with a zero": ("VARCHAR", "37203", "02134"),
    "ZIP without": ("BIGINT", "37203", "37204"),
    "a zero far below": ("BIGINT", "37203", "2134"),
}
for what, told in seen.items():
    print(f"{what}: {told}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
