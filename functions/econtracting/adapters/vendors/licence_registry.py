"""The licence registry: which state licences and lines an NPN holds, and whether a person is the one behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from urllib.parse import quote

from pydantic import AwareDatetime, Field

from econtracting.adapters.vendors.http import USUAL, Answer, Patience, Vendor
from econtracting.domain.appointing.appointments import Licence, Licences, Line


class _Line(Answer):
    code: str
    name: str
    active: bool


class _Licence(Answer):
    state: str = Field(pattern=r"^[A-Z]{2}$")
    number: str
    residency: Literal["RESIDENT", "NON_RESIDENT"]
    licence_class: str = Field(alias="class")
    status: Literal["VALID", "EXPIRED", "NOT_ACTIVE"]
    active: bool
    expires_on: date | None
    lines: tuple[_Line, ...]

    def licence(self) -> Licence:
        return Licence(
            **self.model_dump(exclude={"lines"}), lines=tuple(Line(**line.model_dump()) for line in self.lines)
        )


class _Producer(Answer):
    npn: str
    first_name: str | None
    last_name: str | None
    as_of: AwareDatetime
    licences: tuple[_Licence, ...]


class _Matches(Answer):
    npn: bool
    ssn: bool
    birth_date: bool
    name: bool


class _Identity(Answer):
    npn: str
    matches: _Matches


class HttpLicenceRegistry:
    def __init__(self, base_url: str, key: str, patience: Patience = USUAL) -> None:
        self._vendor = Vendor("The licence registry", base_url, key, patience)

    def licences(self, npn: str) -> Licences | None:
        reply = self._vendor.call("GET", f"/v1/producers/{quote(npn, safe='')}")
        if reply.status == 404:
            return None
        answer = self._vendor.read(_Producer, reply)
        if answer.npn != npn:
            raise self._vendor.not_understood()
        return Licences(
            npn=answer.npn,
            first_name=answer.first_name or "",
            last_name=answer.last_name or "",
            as_of=answer.as_of,
            licences=tuple(licence.licence() for licence in answer.licences),
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
