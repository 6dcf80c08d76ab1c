"""The license registry: which state licenses and lines an NPN holds, and whether a person is the one behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field

from econtracting.adapters.secrets import Credential
from econtracting.adapters.vendors.http import USUAL, Answer, Timeouts, Vendor
from econtracting.domain.appointing.appointments import License, Licenses, Line
from econtracting.domain.fields.us import State
from econtracting.domain.moment import Day, ToldMoment


class _Line(Answer):
    code: str
    name: str
    active: bool


class _License(Answer):
    state: State
    number: str
    residency: Literal["RESIDENT", "NON_RESIDENT"]
    license_class: str = Field(alias="class")
    status: Literal["VALID", "EXPIRED", "NOT_ACTIVE"]
    active: bool
    expires_on: Day | None
    lines: tuple[_Line, ...]

    def license(self) -> License:
        return License(
            **self.model_dump(exclude={"lines"}), lines=tuple(Line(**line.model_dump()) for line in self.lines)
        )


class _Producer(Answer):
    npn: str
    first_name: str | None
    last_name: str | None
    as_of: ToldMoment
    licenses: tuple[_License, ...]


class _Matches(Answer):
    npn: bool
    ssn: bool
    birth_date: bool
    name: bool


class _Identity(Answer):
    npn: str
    matches: _Matches


class HttpLicenseRegistry:
    def __init__(self, base_url: str, key: str | Credential, patience: Timeouts = USUAL) -> None:
        self._vendor = Vendor("The license registry", base_url, key, patience)

    def licenses(self, npn: str) -> Licenses | None:
        reply = self._vendor.call("GET", f"/v1/producers/{quote(npn, safe='')}")
        if reply.status == 404:
            return None
        answer = self._vendor.read(_Producer, reply)
        if answer.npn != npn:
            raise self._vendor.not_understood()
        return Licenses(
            npn=answer.npn,
            first_name=answer.first_name or "",
            last_name=answer.last_name or "",
            as_of=answer.as_of,
            licenses=tuple(license.license() for license in answer.licenses),
        )

    def identity(self, npn: str, person: Mapping[str, Any]) -> dict[str, bool]:
        """`person` holds ssn, birth_date (ISO), first_name, middle_name and last_name.

        A registry that does not know the NPN agrees with nothing.
        """
        reply = self._vendor.call("POST", "/v1/identity-checks", {"npn": npn, **person})
        if reply.status == 404:
            return dict.fromkeys(_Matches.model_fields, False)
        answer = self._vendor.read(_Identity, reply)
        if answer.npn != npn:
            raise self._vendor.not_understood()
        return answer.matches.model_dump()
