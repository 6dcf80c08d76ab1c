"""Makes the deployment of the doors gradual: one call in ten goes to the new version first, alarms roll it back.

    python -m tools.gradual BUILT_TEMPLATE

Done to the built template, because SAM cannot make an alias depend on a condition and the local emulator has no
CodeDeploy. Only what answers the API is moved gradually: workflow steps and the relay are reached by their own name.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

ALIAS = "live"
PACE = "Canary10Percent10Minutes"
ALARMS = ("ApiErrorsAlarm", "ThrottlesAlarm")


def doors(template: dict[str, Any]) -> list[str]:
    """The functions that answer the API: those it is permitted to call."""
    return [permission["FunctionName"]["Ref"].removesuffix(".Alias") for permission in _permissions(template)]


def gradual(template: dict[str, Any]) -> dict[str, Any]:
    """The template with an alias and a pace on every door, and with an API that calls the doors by their aliases."""
    names = doors(template)
    resources = template["Resources"]
    for name in names:
        resources[name]["Properties"] |= {
            "AutoPublishAlias": ALIAS,
            "DeploymentPreference": {"Type": PACE, "Alarms": [{"Ref": alarm} for alarm in ALARMS]},
        }
    for permission in _permissions(template):
        permission["FunctionName"]["Ref"] += ".Alias"
    body = resources["Api"]["Properties"]["DefinitionBody"]
    resources["Api"]["Properties"]["DefinitionBody"] = _by_alias(body, {f"${{{name}.Arn}}" for name in names})
    return template


def _permissions(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Permission"
        and resource["Properties"]["Principal"] == "apigateway.amazonaws.com"
    ]


def _by_alias(value: Any, arns: set[str]) -> Any:
    """The value with every door's ARN replaced by that of its alias, which SAM knows as `Alias`."""
    if isinstance(value, dict):
        return {key: _by_alias(inner, arns) for key, inner in value.items()}
    if isinstance(value, list):
        return [_by_alias(inner, arns) for inner in value]
    if isinstance(value, str):
        for arn in arns:
            value = value.replace(arn, arn.replace(".Arn}", ".Alias}"))
    return value


def main() -> None:
    path = Path(sys.argv[1])
    path.write_text(yaml.safe_dump(gradual(yaml.safe_load(path.read_text())), sort_keys=False))


if __name__ == "__main__":
    main()
