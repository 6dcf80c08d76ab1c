"""Which passwords are taken: the policy as data, and every rule a password breaks, named.

Sources: the portals producers know today (familiar); NIST SP 800-63B-4 and OWASP ASVS 5.0, 6.2 (the strict profile:
length instead of composition; block list and context words in both). Length counts code points after NFC; nothing is
trimmed or cut.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from econtracting.domain.fields.rejections import Rejection
from econtracting.domain.packet import Packet
from econtracting.domain.record import Record
from econtracting.domain.words import words

FIELD = "new_password"
SHORTEST_PERSONAL_WORD = 3  # a shorter name would forbid half of all passwords
SHORTEST_NUMBER = 4
SHORTEST_BRAND_WORD = 5

_COMMON = Path(__file__).parent / "data" / "common_passwords.txt"


class PasswordPolicy(Record):
    """What a deployment asks of a password."""

    minimum_length: int
    composition: bool  # at least one digit, one lower-case and one upper-case letter
    maximum_length: int = 128


# "familiar" is what producers know from the portals they use today; it meets neither ASVS 6.2.1 and 6.2.5 nor NIST.
PROFILES = {
    "familiar": PasswordPolicy(minimum_length=6, composition=True),
    "strict": PasswordPolicy(minimum_length=15, composition=False),
}


def policy_named(profile: str) -> PasswordPolicy:
    """Raises ValueError for a profile that does not exist."""
    if profile not in PROFILES:
        raise ValueError(f"the password profile is one of {', '.join(PROFILES)}")
    return PROFILES[profile]


def normal(password: str) -> str:
    """The one form that is judged, hashed and compared: NFC, so that two keyboards make one password."""
    return unicodedata.normalize("NFC", password)


def broken_rules(policy: PasswordPolicy, password: str, context: Iterable[str] = ()) -> tuple[Rejection, ...]:
    """Every rule a password breaks, in the order people read them; empty if it is good.

    `context` are words an attacker would try first, as `context_words` gives them.
    """
    text = normal(password)
    return tuple(
        Rejection(field=FIELD, rule=rule, message=message)
        for broken, rule, message in (
            (
                len(text) < policy.minimum_length,
                "too-short",
                words("Use at least {shortest} characters.", shortest=policy.minimum_length),
            ),
            (
                len(text) > policy.maximum_length,
                "too-long",
                words("Use at most {longest} characters.", longest=policy.maximum_length),
            ),
            (policy.composition and not any(one.isdecimal() for one in text), "needs-digit", "Use at least one digit."),
            (
                policy.composition and not any(one.islower() for one in text),
                "needs-lower-case",
                "Use at least one lower-case letter.",
            ),
            (
                policy.composition and not any(one.isupper() for one in text),
                "needs-upper-case",
                "Use at least one upper-case letter.",
            ),
            (_is_common(text), "too-common", "This is one of the passwords everyone tries first. Choose another."),
            (
                any(word in _simple(text) for word in context),
                "too-personal",
                "Leave out your names, your NPN, your e-mail address and the names of the companies.",
            ),
        )
        if broken
    )


def context_words(packet: Packet, *organizations: str) -> frozenset[str]:
    """What a password must not contain: the agent's names, NPN and mail name, and the companies' names."""
    agent = packet.agent
    names = " ".join(filter(None, (agent.first_name, agent.middle_name, agent.last_name))).split()
    local = agent.email.partition("@")[0]
    personal = [*names, local, local.partition("+")[0]]
    words = {word for word in map(_simple, personal) if len(word) >= SHORTEST_PERSONAL_WORD}
    words |= {number for number in (agent.npn, packet.npn) if number and len(number) >= SHORTEST_NUMBER}
    for organization in (packet.agency.name, *organizations):
        first, _, _ = organization.partition(" ")
        words |= {word for word in (_simple(organization), _simple(first)) if len(word) >= SHORTEST_BRAND_WORD}
    return frozenset(words)


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


def _is_common(text: str) -> bool:
    """Whether the block list holds it, as it is or without the digits and signs put around it ("Password12345678!")."""
    folded = text.casefold()
    core = folded.strip("".join(one for one in set(folded) if not one.isalpha()))
    return folded in _common() or core in _common()


def _simple(text: str) -> str:
    """Letters and digits only, without marks and case: "J-o-s-é" and "jose" are the same word."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in decomposed if one.isalnum())
