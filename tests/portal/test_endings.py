"""Packets that have ended, and doors that stay shut for now: said honestly, with whom to ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.portal.hosts import delivered_password
from tests.portal.served_world import ServedWorld
from tests.portal.visitor import Looks, Visitor
from tests.support import journey
from tests.support.world import START, World

Arrived = Callable[..., Visitor]


def pass_time(world: World, **duration: float) -> None:
    world.clock.pass_(**duration)


def withdraw(world: World) -> None:
    packet_id = world.call("GET", "/packet").json["packet_id"]
    body = {"reason": "The agency has closed."}
    journey.expect(world.call("POST", f"/invitations/{packet_id}/withdraw", body, staff=journey.RECRUITER), 200)


def passwords_mailed(world: World) -> int:
    world.settle()
    return sum("temporary-password" in mail["reference"] for mail in world.outside.post.sent)


def test_an_invitation_that_expires_while_its_page_is_open_says_so(
    arrived: Arrived, world: ServedWorld, shots: Path
) -> None:
    agent = arrived("agreed")
    agent.heading("About you")
    world.do(pass_time, days=31)
    agent.page.clock.set_system_time(START + timedelta(days=31))
    agent.field("City").fill("Knoxville")
    agent.heading("Your invitation has expired")
    agent.page.get_by_role("link", name="robin@agency.example").wait_for()
    looks = Looks(agent.page, shots)
    looks("36-expired")
    assert looks.faults == []


def test_an_invitation_withdrawn_while_its_page_is_open_leads_to_the_recruiter(
    arrived: Arrived, world: ServedWorld, shots: Path
) -> None:
    agent = arrived("agreed")
    agent.heading("About you")
    world.do(withdraw)
    agent.next_section()
    agent.heading("Please log in again")
    agent.log_in(journey.PASSWORD)
    agent.page.get_by_text("been withdrawn or been declined").wait_for()
    agent.page.get_by_role("link", name="robin@agency.example").wait_for()
    looks = Looks(agent.page, shots)
    looks("37-withdrawn")
    assert looks.faults == []


def test_the_link_of_an_ended_packet_says_why_no_password_may_come(
    arrived: Arrived, world: ServedWorld, shots: Path
) -> None:
    agent = arrived("invited")
    world.do(pass_time, days=31)
    agent.press("Get my password")
    agent.page.get_by_text("If the invitation has expired, was withdrawn or was declined").wait_for()
    assert world.do(passwords_mailed) == 0
    looks = Looks(agent.page, shots)
    looks("38-ended-link")
    assert looks.faults == []


def test_declining_says_what_it_means_asks_why_and_ends(arrived: Arrived, shots: Path) -> None:
    agent = arrived("agreed")
    agent.heading("About you")
    agent.go("/decline")
    looks = Looks(agent.page, shots)
    agent.heading("Decline this packet?")
    agent.press("Decline the packet")
    agent.page.locator(".error-summary").wait_for()
    agent.field("Your reason").fill("I found another carrier.")
    looks("24-decline")
    agent.press("Decline the packet")
    agent.heading("You have declined")
    looks("25-declined")
    agent.go("/interview/agent")
    agent.heading("Your contracting packet")
    assert looks.faults == []


def test_somebody_else_closes_the_packet_with_one_press(arrived: Arrived, shots: Path) -> None:
    agent = arrived("entered", "/agreement")
    agent.follow("This is not me")
    looks = Looks(agent.page, shots)
    agent.heading("You are not the person invited?")
    looks("39-wrong-person")
    agent.press("This is not me, close the packet")
    agent.heading("Thank you for telling us")
    looks("40-wrong-person-told")
    assert looks.faults == []


def test_withdrawing_consent_before_the_end_says_that_paper_comes(arrived: Arrived, shots: Path) -> None:
    agent = arrived("adopted", "/withdraw-consent")
    looks = Looks(agent.page, shots)
    agent.heading("Withdraw your consent?")
    agent.field("Your reason").fill("I prefer paper.")
    looks("41-withdraw-consent")
    agent.press("Withdraw my consent")
    agent.heading("Your consent is withdrawn")
    looks("42-consent-withdrawn")
    assert looks.faults == []


def test_a_log_in_without_a_password_is_told_at_its_field(arrived: Arrived, shots: Path) -> None:
    agent = arrived("invited")
    agent.press("I have a password")
    agent.press("Log in")
    agent.page.get_by_text("Enter your password").wait_for()
    looks = Looks(agent.page, shots)
    looks("80-no-password")
    assert looks.faults == []


def test_too_many_wrong_passwords_lock_for_a_while_and_a_mailed_one_still_opens(
    arrived: Arrived, world: ServedWorld, shots: Path
) -> None:
    agent = arrived("agreed")
    agent.heading("About you")
    agent.press("Log out")
    agent.follow("Log in again")
    agent.press("I have a password")
    locked = agent.page.get_by_text("Too many attempts")
    told = agent.page.get_by_text("The link or the password is not right").or_(locked)
    for _ in range(4):
        agent.field("Password").fill("Not-my-password-1")
        agent.press("Log in")
        told.wait_for()
        if locked.is_visible():
            break
    assert locked.is_visible()
    looks = Looks(agent.page, shots)
    looks("43-locked")
    agent.press("I lost my password")
    agent.page.get_by_text("Please check your email").wait_for()
    agent.field("Temporary password from the email").fill(world.do(delivered_password))
    agent.press("Log in")
    agent.heading("Choose your password")
    assert looks.faults == []


def test_a_server_that_cannot_be_reached_is_no_blank_page(arrived: Arrived, shots: Path) -> None:
    agent = arrived("agreed")
    agent.heading("About you")
    agent.page.route("**/api/**", lambda route: route.abort())
    agent.page.reload()
    agent.heading("We cannot be reached right now")
    looks = Looks(agent.page, shots)
    looks("44-unreachable")
    agent.page.unroute("**/api/**")
    agent.press("Try again")
    agent.heading("About you")
    assert looks.faults == []


def test_without_a_network_typing_goes_on_and_is_saved_later(arrived: Arrived, shots: Path) -> None:
    agent = arrived("agreed")
    agent.heading("About you")
    agent.page.context.set_offline(True)
    agent.page.get_by_text("You are offline").wait_for()
    agent.field("City").fill("Jackson")
    agent.page.get_by_text("Not saved yet").wait_for()
    looks = Looks(agent.page, shots)
    looks("45-offline")
    agent.page.context.set_offline(False)
    agent.page.get_by_text("Draft saved at").wait_for()
    assert looks.faults == []
