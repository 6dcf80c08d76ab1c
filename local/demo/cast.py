"""The synthetic people of the demo. Every run invites someone new, so that a kept stack can play again."""

import random
import string
from dataclasses import dataclass
from typing import Any

OTHER_SSN = "987-65-4320"
MENDED_SSN = "987-65-4321"  # the one the bureau can match after a suspension (local/README.md)
PASSWORD = "Sunny-Harbor-27"
BIRTH_DATE, BIRTH_DATE_ISO = "04-12-1985", "1985-04-12"


@dataclass(frozen=True)
class Person:
    """An agent and what the recruiter asks for. `tags` and `npn` choose what the vendors do (local/README.md)."""

    email: str
    npn: str
    states: tuple[str, ...]
    level: str
    ssn: str = OTHER_SSN
    first_name: str = "Dana"
    middle_name: str = "Quinn"
    last_name: str = "Rivera"
    yes_to: tuple[str, ...] = ()  # background questions, by code

    def background_answer(self, code: str) -> dict[str, Any]:
        if code not in self.yes_to:
            return {"answer": False}
        return {"answer": True, "explanation": "Long ago, and paid for.", "written_consent_1033": False}

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.middle_name} {self.last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[0]}{self.middle_name[0]}{self.last_name[0]}"

    def invitation(self) -> dict[str, Any]:
        return {
            "agent": {
                "first_name": self.first_name,
                "middle_name": self.middle_name,
                "last_name": self.last_name,
                "email": self.email,
                "npn": self.npn,
            },
            "recruiter": {"name": "Rita Moreno-Bell", "email": "rita.recruiter@example.com", "phone": "615-555-0142"},
            "agency": {"id": "agency-north", "name": "North Star Agency"},
            "level": self.level,
            "pre_appointment_states": list(self.states),
        }

    def answers(self) -> dict[str, dict[str, Any]]:
        """Every section but the background questions, whose codes only the packet knows."""
        return {
            "agent": {
                "first_name": self.first_name,
                "middle_name": self.middle_name,
                "last_name": self.last_name,
                "ssn": self.ssn,
                "ssn_confirm": self.ssn,
                "birth_date": BIRTH_DATE,
                "mobile_phone": "615-555-0123",
                "email": self.email,
                "npn": self.npn,
                "residential": {
                    "line1": "1200 Orchard Street",
                    "city": "Nashville",
                    "state": "TN",
                    "postal_code": "37210",
                },
            },
            "addresses": {"business": {"same_as_residential": True}, "commission": {"same_as_business": True}},
            "online-presence": {
                "website": "https://dana-rivera.example.com",
                "facebook": "None",
                "linkedin": "None",
                "other": "None",
            },
            "pre-appointments": {"acknowledged": True},
            "direct-deposit": {"eft": True},
        }


def somebody(
    *tags: str,
    states: tuple[str, ...],
    npn_ending: str = "",
    level: str = "5",
    ssn: str = OTHER_SSN,
    yes_to: tuple[str, ...] = (),
) -> Person:
    """A new agent. `npn_ending` is empty for an ordinary producer number, else the three digits of a special one."""
    mark = "".join(random.choices(string.ascii_lowercase, k=6))
    digits = "".join(random.choices(string.digits, k=6))
    local = f"dana.{mark}" + (f"+{'.'.join(tags)}" if tags else "")
    # Ordinary numbers never begin with 99, special ones always do.
    npn = f"99{digits[:5]}{npn_ending}" if npn_ending else f"15{digits}"
    return Person(f"{local}@example.com", npn, states, level, ssn, yes_to=yes_to)
