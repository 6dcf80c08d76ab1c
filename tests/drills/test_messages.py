"""The drill of the page about vendors' messages that wait."""

from __future__ import annotations

from econtracting import wiring
from econtracting.domain.appointing.appointments import Appointment, AppointmentStatus
from process import census
from tests.drills.conftest import Drill
from tests.support import journey, stories
from tests.support.world import Context

REASON = "The gateway's desk confirms it, Carla Winter"


def waiting() -> int:
    census.lambda_handler({}, Context())
    now = wiring.clock().now()
    return wiring.counting().count(now, now).messages


def test_messages(drill: Drill) -> None:
    page, world = drill.open(drill.rings("MessagesAlarm")), drill.world
    assert not page.follow("look").wrong
    packet_id = stories.to_processed(world, states=("AL",))
    journey.expect(journey.appointment_webhook(world, packet_id, "AL", "REJECTED", effective_date=None), 202)
    world.clock.pass_(seconds=1)
    journey.expect(stories.sale(world, "TN", npn="15649999"), 202)
    assert waiting() == 2

    looked = page.follow("look")
    assert looked.wrong
    news, sale, total = looked.said.strip().splitlines()
    assert (packet_id in news, "NEWS_AFTER_FINAL" in news, "told=REJECTED" in news) == (True, True, True)
    assert ("15649999" in sale, "UNKNOWN_REFERENCE" in sale, total) == (True, True, "2 messages wait")

    news_id, sale_id = news.split()[0], sale.split()[0]
    assert page.follow("apply", MESSAGE=sale_id, REASON=REASON).wrong, "nobody of ours has the number"
    assert page.follow("set-aside", MESSAGE=sale_id, REASON="short").wrong, "without a proper reason nothing is done"
    assert "set-aside" in page.follow("set-aside", MESSAGE=sale_id, REASON=REASON).said
    assert "applied" in page.follow("apply", MESSAGE=news_id, REASON=REASON).said
    stands = wiring.packets().find(Appointment, packet_id, "AL")
    assert stands is not None
    assert stands.status is AppointmentStatus.REJECTED
    assert stories.told(packet_id, "message.applied")[0]["note"] == REASON

    assert waiting() == 0
    assert page.follow("look").said.strip() == "0 messages wait"
