"""Threads that act at the same moment, switched as often as the interpreter can, so that a race has its chance."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def eager_switching() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Let `count` threads act at the same moment; answers or exceptions, in no order."""
    barrier, found = threading.Barrier(count), []

    def run(number: int) -> None:
        barrier.wait()
        try:
            found.append(act(number))
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    with eager_switching():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return found
