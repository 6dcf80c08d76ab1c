"""What operations relies on: alarms ring and lead to a page, the dashboard reads, doors are deployed gradually."""

import json
import re
import tomllib
from typing import Any

import pytest
import yaml

from tests.drills import runbook
from tests.support import deployed
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
    assert all(f"**{part}" in text for part in ("Means.", "Look.", "Do.", "Cured when.", "Tried."))
    assert all((RUNBOOKS / linked).exists() for linked in re.findall(r"\]\(([a-z-]+\.md)\)", text))


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
def test_every_command_of_a_runbook_is_run_by_the_drill_it_names(page: Any) -> None:
    tried = page.read_text().partition("**Tried.**")[2].strip()
    assert "\n" not in tried
    drills = [deployed.ROOT / name for name in re.findall(r"`(tests/drills/\w+\.py)`", tried)]
    assert drills
    text = "".join(drill.read_text() for drill in drills)
    assert [name for name in runbook.blocks(page) if f'follow("{name}"' not in text] == []


# What has to ring, by the figure that tells it.
RINGS = {
    "5xx": "5XXError",
    "throttles": "Throttles",
    "failed executions": "ExecutionsFailed",
    "timed-out executions": "ExecutionsTimedOut",
    "dead letters": "ApproximateNumberOfMessagesVisible",
    "outbox age": "OutboxAge",
    "seal age": "AgeInStage",
    "bounce rate": "Reputation.BounceRate",
    "complaint rate": "Reputation.ComplaintRate",
    "certificate expiry": "SealCertificateDays",
    "daily head missing": "DailyHeadLate",
    "audit trail not as signed": "TrailRewritten",
    "background check overdue": "OverduePackets",
}


@pytest.mark.parametrize("what", RINGS)
def test_what_has_to_ring_does(what: str) -> None:
    assert RINGS[what] in {alarm["MetricName"] for alarm in ALARMS.values()}


@pytest.mark.parametrize("part", ["Parameters", "Outputs"])
def test_every_parameter_and_output_is_explained(part: str) -> None:
    page = (deployed.ROOT / "docs/operations.md").read_text()
    silent = [name for name in deployed.template()[part] if f"`{name}`" not in page]
    assert not silent, f"docs/operations.md does not explain {silent}"
    assert [name for name, one in deployed.template()["Outputs"].items() if not one.get("Description")] == []


def test_both_stages_name_parameters_that_there_are() -> None:
    settings = tomllib.loads((deployed.ROOT / "samconfig.toml").read_text())
    for stage in ("dev", "prod"):
        given = dict(pair.split("=") for pair in settings[stage]["deploy"]["parameters"]["parameter_overrides"].split())
        assert given["Stage"] == stage
        assert set(given) <= set(deployed.template()["Parameters"])
        assert settings[stage]["deploy"]["parameters"]["confirm_changeset"]


def test_the_forges_workflow_runs_what_a_desk_runs_and_may_only_read() -> None:
    path = deployed.ROOT / ".github/workflows/ci.yml"
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML 1.1 reads `on` as true
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(job["timeout-minutes"] and job["runs-on"] for job in workflow["jobs"].values())
    assert all(("run" in step) != ("uses" in step) for step in steps)
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps if "uses" in step)  # a tag can be moved
    commands = [step["run"] for step in steps if "run" in step]
    assert ".ci/run" in commands
    targets = set(re.findall(r"^([a-z-]+):", (deployed.ROOT / "Makefile").read_text(), re.MULTILINE))
    wanted = {match[1] for command in commands if (match := re.fullmatch(r"make ([a-z-]+)", command))}
    assert wanted <= targets
    assert "${{ github.event" not in path.read_text()  # what strangers write never becomes a command


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


def test_the_api_calls_a_gradual_door_by_its_alias_everywhere() -> None:
    moved = gradual(yaml.safe_load(json.dumps({"Resources": RESOURCES})))["Resources"]
    body = json.dumps(moved["Api"]["Properties"]["DefinitionBody"])
    permitted = {one["Properties"]["FunctionName"]["Ref"] for name, one in moved.items() if name.endswith("Permission")}
    called = set(re.findall(r"/functions/\$\{([^}]+)\}/invocations", body))
    assert called == permitted == {f"{name}.Alias" for _, _, name in deployed.routes()}


def test_every_alarm_looks_at_a_figure_of_its_own() -> None:
    """What an alarm takes over from another it has to differ from somewhere."""
    figures = [json.dumps([one["Namespace"], one["MetricName"], one.get("Dimensions")]) for one in ALARMS.values()]
    assert len(set(figures)) == len(figures)
    assert len({one["AlarmDescription"]["Sub"] for one in ALARMS.values()}) == len(ALARMS)
