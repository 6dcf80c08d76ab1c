#!/usr/bin/env bash
# A schema's pattern with a look-ahead used to make the generated pydantic model fail at import. datamodel-code-generator now
# sets the model to Python's regular expressions instead, for all fields of the model: there "$" also fits before a
# line break at the end, so "12345678" with a line break behind it is an NPN in a model that has one look-ahead
# anywhere, and none in the same model without.
#
# Versions: datamodel-code-generator 0.89.0, pydantic 2.14.3
# Source: seen by running both, 2026-11-28; https://docs.pydantic.dev/latest/api/config/#pydantic.config.ConfigDict.regex_engine
# Who meets it: a client generated from our OpenAPI file or event schemas
# Memory said: the model cannot be imported
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'datamodel-code-generator[ruff]==0.89.0' 'pydantic==2.14.3'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import importlib, json, subprocess, sys
from pathlib import Path

PLAIN, AHEAD = "^[0-9]{1,10}$", "^(?!0)[A-Z0-9]+$"


def takes(name, other):
    """Whether the generated model takes an NPN with a line break behind it."""
    properties = {"npn": {"type": "string", "pattern": PLAIN}, "reference": {"type": "string", "pattern": other}}
    Path(f"{name}.json").write_text(
        json.dumps({"title": "Producer", "type": "object", "properties": properties, "required": ["npn"]})
    )
    options = ["--input", f"{name}.json", "--input-file-type", "jsonschema", "--output", f"{name}.py"]
    kind = ["--output-model-type", "pydantic_v2.BaseModel", "--formatters", "ruff-format"]
    subprocess.run([sys.executable, "-m", "datamodel_code_generator", *options, *kind], check=True)
    sys.path.insert(0, ".")
    model = importlib.import_module(name).Producer
    try:
        model(npn="12345678\n")
    except ValueError:
        return False
    return True


seen = {"no look-ahead": takes("plain", PLAIN), "a look-ahead in another field": takes("ahead", AHEAD)}
EXPECTED = {"no look-ahead": False, "a look-ahead in another field": True}
for what, told in seen.items():
    print(f"{what}: an NPN with a line break behind it is {'taken' if told else 'refused'}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
