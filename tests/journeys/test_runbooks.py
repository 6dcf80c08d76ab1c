"""What the runbooks have an operator type, in a shell of its own against the deployed template.

tests/drills break things; here `scripts/ops` meets a stack's own outputs, queue, certificate, and a packet under way.
"""

import os
import subprocess
from pathlib import Path

import pytest

from local.config import ROOT, STACK_NAME, aws_environment
from local.demo.cast import somebody
from local.demo.journey import Journey
from local.demo.stacks import Stacks
from local.demo.timeline import Timeline
from tests.drills.runbook import Runbook

# Pages and blocks that need nothing but scripts/ops; the AWS command is not part of this project.
BLOCKS = (
    ("outbox-age", "look"),
    ("executions-failed", "look"),
    ("dead-letters", "purge"),
    ("rotation", "look"),
    ("restore", "look"),
    ("rotation", "resend"),
    ("deletion-request", "look"),
)


@pytest.fixture(scope="module")
def typed(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The operator's shell: the emulator as AWS, and the packet in question."""
    scene = stacks.one_for("clear")
    journey = Journey(scene, somebody(states=("AL",)), Timeline("runbooks"), tmp_path_factory.mktemp("runbooks"))
    journey.invite()
    journey.enter()
    return aws_environment(scene.config.url("emulator"), os.environ) | {"PACKET": journey.packet_id}


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_a_pages_block_runs_in_a_shell_as_it_is_written(typed: dict[str, str], page: str, block: str) -> None:
    script = f'eval "$(scripts/ops names {STACK_NAME})"\n{Runbook(page).blocks[block]}'
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=Path(ROOT),
        env=typed,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
