"""What operations relies on: alarms ring and lead to a page, the dashboard reads, doors are deployed gradually."""

import json
import re
from typing import Any

import pytest
import yaml

from tests import deployed
from tools.gradual import doors, gradual

RUNBOOKS = deployed.ROOT / "docs/runbooks"
RESOURCES = deployed.template()["Resources"]
ALARMS = {name: one["Properties"] for name, one in RESOURCES.items() if one["Type"] == "AWS::CloudWatch::Alarm"}


def dashboard() -> list[dict[str, Any]]:
    body = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Sub"]
    return json.loads(re.sub(r"\$\{[^}]+\}", "name", body))["widgets"]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_rings_at_the_topic_and_leads_to_a_runbook_that_is_there(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    (page,) = re.findall(r"\$\{RunbookUrl\}/([a-z-]+\.md)$", alarm["AlarmDescription"]["Sub"])
    assert (RUNBOOKS / page).exists()


def test_no_alarm_computes_for_the_local_emulator_refuses_the_whole_template_then() -> None:
    assert [name for name, alarm in ALARMS.items() if "Metrics" in alarm] == []


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
def test_a_runbook_says_what_to_look_at_what_to_do_and_when_it_is_cured(page: Any) -> None:
    text = page.read_text()
    assert all(f"**{part}" in text for part in ("Means.", "Look.", "Do.", "Cured when.", "Rehearse."))
    assert all((RUNBOOKS / linked).exists() for linked in re.findall(r"\]\(([a-z-]+\.md)\)", text))


def test_the_dashboard_shows_the_business_first_and_every_alarm() -> None:
    widgets = dashboard()
    assert widgets[0]["type"] == "custom"
    body = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Sub"]
    assert set(re.findall(r"\$\{(\w+)\.Arn\}", body)) == {"WidgetFunction", *ALARMS}


def test_widgets_do_not_lie_on_each_other() -> None:
    cells = [
        (x, y)
        for one in dashboard()
        for x in range(one["x"], one["x"] + one["width"])
        for y in range(one["y"], one["y"] + one["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_every_door_is_deployed_gradually_and_watched() -> None:
    template = yaml.safe_load(json.dumps({"Resources": RESOURCES}))
    assert set(doors(template)) == {
        "InviteFunction", "AuthFunction", "InterviewFunction", "SignFunction", "ProcessFunction",
    }  # fmt: skip
    moved = gradual(template)["Resources"]
    watched = {
        alarm["Ref"]
        for name in doors(template)
        for alarm in moved[name]["Properties"]["DeploymentPreference"]["Alarms"]
    }
    assert watched <= set(ALARMS)
