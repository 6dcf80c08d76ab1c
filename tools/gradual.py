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
    """The functions that answer the API."""
    return [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
        and any(event["Type"] == "Api" for event in resource["Properties"].get("Events", {}).values())
    ]


def gradual(template: dict[str, Any]) -> dict[str, Any]:
    """The template with an alias and a pace on every door."""
    for name in doors(template):
        template["Resources"][name]["Properties"] |= {
            "AutoPublishAlias": ALIAS,
            "DeploymentPreference": {"Type": PACE, "Alarms": [{"Ref": alarm} for alarm in ALARMS]},
        }
    return template


def main() -> None:
    path = Path(sys.argv[1])
    path.write_text(yaml.safe_dump(gradual(yaml.safe_load(path.read_text())), sort_keys=False))


if __name__ == "__main__":
    main()
