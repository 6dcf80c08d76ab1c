"""The deployment's settings, read once from the environment by wiring. A missing one stops the function, by name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Self


class MissingSetting(RuntimeError):
    """The template does not give this function a setting it needs."""


def _needed(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set")
    return value


def optional(name: str) -> str | None:
    """A setting that a deployment may do without."""
    return os.environ.get(name) or None


def _seconds(name: str) -> timedelta:
    return timedelta(seconds=float(_needed(name)))


@dataclass(frozen=True)
class Settings:
    stage: str
    table: str
    bucket: str
    public_url: str
    sender: str
    data_key_id: str
    invitation_life: timedelta
    temporary_password_life: timedelta
    reminders: tuple[timedelta, ...]
    last_reminder_before: timedelta
    feed_life: timedelta
    adverse_day: timedelta  # 24 hours in earnest; shorter only to watch the adverse clock run
    reconcile_every: timedelta
    retry_base: timedelta
    synthetic_people: bool
    password_profile: str
    packet_type: str  # of invitations that name none

    @classmethod
    def read(cls) -> Self:
        """Raises MissingSetting."""
        return cls(
            stage=_needed("STAGE"),
            table=_needed("TABLE_NAME"),
            bucket=_needed("DOCUMENTS_BUCKET"),
            public_url=_needed("PUBLIC_URL").rstrip("/"),
            sender=_needed("SENDER_ADDRESS"),
            data_key_id=_needed("DATA_KEY_ID"),
            invitation_life=_seconds("INVITATION_LIFE_SECONDS"),
            temporary_password_life=_seconds("TEMPORARY_PASSWORD_SECONDS"),
            reminders=tuple(timedelta(seconds=float(one)) for one in _needed("REMINDER_SECONDS").split(",")),
            last_reminder_before=_seconds("LAST_REMINDER_SECONDS"),
            feed_life=_seconds("CERTIFICATION_WAIT_SECONDS"),
            adverse_day=_seconds("ADVERSE_DAY_SECONDS"),
            reconcile_every=_seconds("RECONCILE_SECONDS"),
            retry_base=_seconds("RETRY_SECONDS"),
            synthetic_people=_needed("SYNTHETIC_PEOPLE") == "true",
            password_profile=_needed("PASSWORD_PROFILE"),
            packet_type=_needed("PACKET_TYPE"),
        )


def only(name: str) -> str:
    """A setting that only some functions are given. Raises MissingSetting."""
    return _needed(name)
