"""Certification: fed, loaded, courses taken or failed, and what happens when nothing happens."""

from tests.support import journey, stories
from tests.support.world import World


def status(world: World) -> dict[str, object]:
    answer = world.call(
        "GET", f"/producers/{stories.NPN}/certification-status", headers={"Authorization": "Bearer site-key"}
    )
    found: dict[str, object] = journey.expect(answer, 200).json
    return found


def test_until_the_feed_is_loaded_the_answer_is_not_loaded_with_a_date(world: World) -> None:
    packet_id = stories.to_processed(world)
    world.settle(lambda: bool(world.outside.site.feeds))
    assert status(world) == {"loaded": False, "expected_by": "2026-12-01T15:00:00.000Z"}
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    world.reaches(packet_id, "CERTIFICATION_OPEN")
    assert status(world) == {"loaded": True, "expected_by": None}
    assert "ssn" not in str(world.outside.site.feeds).lower()


def test_a_failed_exam_is_told_and_can_be_repeated(world: World) -> None:
    packet_id = stories.to_open(world)
    stories.course(world, packet_id, "medicare-basics", passed=False)
    stories.course(world, packet_id, "plan-products")
    world.settle()
    assert world.status(packet_id) == "CERTIFICATION_OPEN"
    assert "course-failed" in journey.letters(world)
    stories.course(world, packet_id, "medicare-basics")
    assert world.status(packet_id) == "ACTIVE"
    world.settle()
    assert "active" in journey.letters(world)


def test_courses_of_another_plan_year_do_not_count(world: World) -> None:
    packet_id = stories.to_open(world)
    for name in stories.COURSES:
        told = journey.certification_webhook(
            world, packet_id, "course.completed", course=name, plan_year=2026, score=92
        )
        journey.expect(told, 202)
    assert world.status(packet_id) == "CERTIFICATION_OPEN"


def test_courses_that_are_faster_than_the_news_of_the_feed_still_count(world: World) -> None:
    packet_id = stories.to_processed(world)
    world.settle(lambda: bool(world.outside.site.feeds))
    for name in stories.COURSES:
        stories.course(world, packet_id, name)
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    world.reaches(packet_id, "ACTIVE")


def test_a_feed_that_is_never_loaded_is_for_a_person_and_can_be_sent_again(world: World) -> None:
    world.pace.seconds_per_day = stories.HURRY
    packet_id = stories.submitted(world, status=stories.Status.PROCESSED)
    world.reaches(packet_id, "NEEDS_REVIEW")
    world.pace.seconds_per_day = stories.CALM
    stories.decided(world, packet_id, "retry")
    world.settle(lambda: len(world.outside.site.feeds) == 2)
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    world.reaches(packet_id, "CERTIFICATION_OPEN")


def test_a_feed_loaded_too_late_opens_the_certification_without_anybody(world: World) -> None:
    world.pace.seconds_per_day = stories.HURRY
    packet_id = stories.submitted(world, status=stories.Status.PROCESSED)
    world.reaches(packet_id, "NEEDS_REVIEW")
    world.pace.seconds_per_day = stories.CALM
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    world.reaches(packet_id, "CERTIFICATION_OPEN")


def test_an_agent_who_takes_no_course_is_reminded_and_then_told_of(world: World) -> None:
    packet_id = stories.to_open(world)
    for days in (3, 4, 7, 14):
        world.clock.pass_(days=days)
        world.settle()
    assert journey.letters(world).count("certification-open") == 4
    published = [mail for mail in stories.events(packet_id) if mail == "certification.reminded"]
    assert len(published) == 3


def test_a_site_that_is_down_gets_the_feed_once_it_is_back(world: World) -> None:
    world.outside.site.down = True
    packet_id = stories.to_processed(world)
    world.settle()
    assert not world.outside.site.feeds
    world.outside.site.down = False
    world.clock.pass_(hours=1)
    world.settle(lambda: bool(world.outside.site.feeds))
    journey.expect(journey.certification_webhook(world, packet_id, "producer.loaded"), 202)
    world.reaches(packet_id, "CERTIFICATION_OPEN")
