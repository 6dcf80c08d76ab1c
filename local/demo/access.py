"""The way in, on its bad days: a lost password, someone who guesses, another device."""

import secrets
import time

from local.demo import cast
from local.demo.ceremony import Ceremony
from local.demo.client import Agent, verify
from local.demo.postbox import TEMPORARY_PASSWORD

OTHER_PASSWORD = "Quiet-Meadow-58"
SECTION = "online-presence"
LONG_PAUSE_SECONDS = 7  # longer than the next call takes on a busy machine
WEBSITE = "https://dana-rivera.example.com"


def a_lost_password(story: Ceremony) -> None:
    """A new temporary password voids every password before it; setting one's own ends all sessions."""
    story.secrets["other password"] = OTHER_PASSWORD
    elsewhere = story.browser()
    _enter(story, elsewhere, cast.PASSWORD, expect=201)
    first, second = _asked_for(story), _asked_for(story)
    stranger = story.browser()
    for password in (cast.PASSWORD, first):
        _enter(story, stranger, password, expect=401)
    session = _enter(story, story.agent, second, expect=201)
    verify(session["must_change_password"] is True, "the new temporary password must be changed", session)
    kept = {"new_password": second, "confirm_password": second}
    refused = story.agent.call("PUT", "/access/password", kept, 422).json()
    verify(refused["code"] == "weak-password", "a temporary password cannot stay", refused)
    story.agent.call(
        "PUT", "/access/password", {"new_password": OTHER_PASSWORD, "confirm_password": OTHER_PASSWORD}, 204
    )
    elsewhere.call("GET", "/packet", expect=401)
    _enter(story, stranger, second, expect=401)
    story.timeline.done("lost password", "the old one void at once, the new one used once, other devices signed out")


def somebody_guesses(story: Ceremony) -> None:
    """Guessing is slowed down, for a link that exists as for one that does not; the agent still gets in."""
    _enter(story, story.agent, OTHER_PASSWORD, expect=201)
    stranger = story.browser()
    unknown, known = (_stopped(stranger, link) for link in (secrets.token_urlsafe(32), story.link))
    verify(known == unknown, "a link that exists and one that does not are answered alike", (known, unknown))
    story.agent.call("POST", "/access/sessions", {"invitation": story.link, "password": OTHER_PASSWORD}, 429)
    _enter(story, stranger, _asked_for(story), expect=201)
    own = {"new_password": cast.PASSWORD, "confirm_password": cast.PASSWORD}
    stranger.call("PUT", "/access/password", own, 204)
    stranger.call("DELETE", "/access/sessions/current", expect=204)
    stranger.call("GET", "/packet", expect=401)
    story.timeline.done("locked out", "guessing was stopped; a fresh temporary password got through")


def _stopped(stranger: Agent, link: str) -> set[str]:
    """Guess until a pause of several seconds is asked for; returns the codes of all answers."""
    codes: set[str] = set()
    pause = 0
    while pause < LONG_PAUSE_SECONDS:
        time.sleep(pause)
        answer = stranger.attempt("POST", "/access/sessions", {"invitation": link, "password": "Wrong7word"})
        codes.add(answer.json()["code"])
        pause = int(answer.headers.get("retry-after", 0))
    return codes


def another_device(story: Ceremony) -> None:
    """What was saved on one device is there on the next; both go on with the same packet."""
    _enter(story, story.agent, cast.PASSWORD, expect=201)
    story.agree()
    saved = story.agent.get(f"/packet/interview/{SECTION}")
    answers = story.person.answers()[SECTION] | {"website": WEBSITE}
    story.agent.call("PUT", f"/packet/interview/{SECTION}", answers, 200, {"If-Match": f'"{saved["version"]}"'})
    phone = story.browser()
    _enter(story, phone, cast.PASSWORD, expect=201)
    found = phone.get(f"/packet/interview/{SECTION}")
    verify(found["answers"]["website"] == WEBSITE, "the other device shows what was saved", found)
    story.agent.get("/packet")
    story.timeline.done("resumed", "on another device, where the first one stopped")


def _asked_for(story: Ceremony) -> str:
    """A new temporary password, read off its mail."""
    before = story.postbox.last()
    story.agent.call("POST", "/access/password-requests", {"invitation": story.link}, expect=202)
    _, temporary = story.postbox.wait("the temporary password", TEMPORARY_PASSWORD, after=before)
    story.secrets["temporary password"] = temporary
    return temporary


def _enter(story: Ceremony, browser: Agent, password: str, expect: int) -> dict[str, object]:
    answer = browser.call("POST", "/access/sessions", {"invitation": story.link, "password": password}, expect)
    session: dict[str, object] = answer.json()
    return session
