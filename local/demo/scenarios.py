"""The scripts that can be played, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from local.demo.cast import Person, somebody
from local.demo.journey import Journey

STATES = ("AL", "CO", "KS", "NY", "TX")
# By the demonstration carrier's made-up rules: filed up front, kept in the own register, or filed after a first sale.
OUTCOMES = {"AL": "APPROVED", "CO": "RECORDED", "KS": "APPROVED", "NY": "JUST_IN_TIME", "TX": "JUST_IN_TIME"}


@dataclass(frozen=True)
class Scenario:
    """Who is invited, and how the story goes."""

    tells: str
    person: Callable[[], Person]
    play: Callable[[Journey], None]


def clear(journey: Journey) -> None:
    journey.play_until_finished()
    journey.received()
    journey.background_clear()
    journey.appointed(OUTCOMES)
    journey.certified()
    journey.ready_to_sell({"AL": True, "KS": True, "TX": True})
    journey.evidence()


SCENARIOS = {
    "clear": Scenario("everything goes well, from the e-vite to ready-to-sell", lambda: somebody(states=STATES), clear),
}
