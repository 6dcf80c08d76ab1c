"""What goes wrong in the drill, at moments drawn from a seed: SIGKILL, and now and then an orderly restart."""

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from local.config import SIMULATORS
from local.drill.patient import Doors
from local.stack import Stack

PAUSES = (4.0, 12.0)  # seconds between two blows
SOME = 0.3  # of the functions' processes at one blow
DRAIN_SECONDS = 1.0  # what is under way inside when no one asks any more


class Trouble:
    """Kills the functions' processes, the gateway and the vendors; restarts the emulator when told."""

    def __init__(self, stack: Stack, doors: Doors, seed: int) -> None:
        self.dealt: Counter[str] = Counter()
        self._stack, self._doors, self._draw = stack, doors, random.Random(seed)
        self._turn, self._over, self._quiet = threading.Lock(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._deal, daemon=True, name="trouble")

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """No more from now on; everything that was killed is up again."""
        self._over.set()
        self._quiet.wait(120)

    def restart_emulator(self) -> None:
        """In order, as its state is saved only then: no one is inside, and no vendor calls meanwhile."""
        with self._turn, self._doors.closed():
            self._stack.children["portal"].stop()
            time.sleep(DRAIN_SECONDS)
            self._stack.restart_emulator()
            self._stack.start_part("portal")
            self.dealt["emulator restarts"] += 1

    def _deal(self) -> None:
        while not self._over.wait(self._draw.uniform(*PAUSES)):
            with self._turn:
                match self._draw.choice(("functions", "functions", "gateway", "vendor")):
                    case "functions":
                        self._kill_functions()
                    case "gateway":
                        self._kill("portal", "gateway kills")
                    case _:
                        self._kill(self._draw.choice(SIMULATORS), "vendor kills")
        self._quiet.set()
        # What a thread has started is ended with the thread (PR_SET_PDEATHSIG), and the parts are still needed.
        threading.Event().wait()

    def _kill(self, part: str, what: str) -> None:
        self._stack.children[part].kill()
        self._stack.start_part(part)
        self.dealt[what] += 1

    def _kill_functions(self) -> None:
        for process in children_of(self._stack.emulator_process()):
            if self._draw.random() < SOME:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
                    self.dealt["function kills"] += 1


def children_of(process: int) -> list[int]:
    """The processes a process has started and that still run."""
    found = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):
            found += [int(child) for child in (task / "children").read_text().split()]
    return sorted(found)
