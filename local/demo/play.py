"""Plays one script and leaves its papers."""

import shutil

from local.config import ROOT
from local.demo.journey import Journey
from local.demo.onlookers import Scene
from local.demo.scenarios import SCENARIOS
from local.demo.timeline import Timeline

PAPERS = ROOT / "build/demo"


def play(name: str, scene: Scene) -> Journey:
    """Play a script to its end; raises NotVerified at the first broken promise, the papers so far are kept."""
    scenario = SCENARIOS[name]
    folder = PAPERS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    timeline = Timeline(name)
    print(f"{name}: {scenario.tells}", flush=True)
    outcome = "broken"
    journey = Journey(scene, scenario.person(), timeline, folder)
    try:
        scenario.play(journey)
        outcome = "verified"
    finally:
        journey.keep_mails()
        timeline.write(folder / "timeline.json", outcome)
    if timeline.road:
        print(f"  seconds since the agent came in, by the packet's own clock: {timeline.summary()}", flush=True)
    print(f"{name}: every step verified; papers, mails and timeline in {folder.relative_to(ROOT)}", flush=True)
    return journey
