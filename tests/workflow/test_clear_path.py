"""The whole road on moto, with the state machine file and the real handlers."""

from tests.support import journey
from tests.support.world import World


def test_a_packet_goes_from_the_invitation_to_active(world: World) -> None:
    packet_id = journey.to_signed(world)
    world.reaches(packet_id, "BACKGROUND_CHECK")
    world.settle(lambda: bool(world.outside.screening.reports))
    journey.expect(journey.background_webhook(world, packet_id, 1, "complete", "clear"), 202)
    world.reaches(packet_id, "APPOINTING")
    world.settle(lambda: len(world.outside.gateway.orders) == 2)
    for state in ("AL", "FL"):
        journey.expect(journey.appointment_webhook(world, packet_id, state), 202)
    world.reaches(packet_id, "PROCESSED")
    world.settle(lambda: bool(world.outside.site.feeds))
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    world.reaches(packet_id, "CERTIFICATION_OPEN")
    for course in ("medicare-basics", "plan-products"):
        done = journey.certification_webhook(
            world, packet_id, "course.completed", course=course, plan_year=2027, score=95
        )
        journey.expect(done, 202)
    assert world.status(packet_id) == "ACTIVE"
    answer = world.call("GET", "/producers/15645555/ready-to-sell", query={"state": "TN"}, staff=journey.CONTRACTING)
    assert answer.json["ready"], answer.json
