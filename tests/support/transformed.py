"""template.yaml as CloudFormation sees it, after SAM's transform. Done by sam's own Python, which alone has SAM."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PYTHON_OF_SAM = ROOT / ".venv/sam/bin/python"


@cache
def template(path: Path = ROOT / "template.yaml") -> dict[str, Any]:
    """The transformed template, intrinsic functions in their long form. CalledProcessError if SAM refuses it."""
    ran = subprocess.run(
        [PYTHON_OF_SAM, __file__, path],
        env=os.environ | {"SAM_CLI_TELEMETRY": "0"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)


class _NoManagedPolicies:
    """SAM would ask IAM for AWS's own policies; the template uses none by name."""

    @staticmethod
    def load() -> dict[str, str]:
        return {}


def _print(path: str) -> None:
    from samcli.lib.translate.sam_template_validator import SamTemplateValidator
    from samcli.yamlhelper import yaml_parse

    validator = SamTemplateValidator(yaml_parse(Path(path).read_text()), _NoManagedPolicies, region="us-east-1")
    json.dump(yaml_parse(validator.get_translated_template_if_valid()), sys.stdout)


if __name__ == "__main__":
    _print(sys.argv[1])
