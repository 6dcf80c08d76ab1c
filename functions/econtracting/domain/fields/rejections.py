"""What is wrong with an answer, said to a machine (`rule`) and to the person who gave it (`message`)."""

from __future__ import annotations

from econtracting.domain.record import Record
from econtracting.domain.words import Text


class Rejection(Record):
    """One remark on one answer: an error when it is raised, a warning when it comes with a result.

    `field` is the dotted path inside the section (empty for the section as a whole), `rule` a stable word that clients
    may switch on. Neither they nor `message` ever repeat the answer.
    """

    field: str
    rule: str
    message: Text


class Refusal(ValueError):
    """Raised by a rule that knows the answer but not the field it was given for."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.message = message


class Findings:
    """Everything remarked on while answers are read.

    Errors refuse a save. Gaps (something required is missing or unfinished) refuse it too, unless a draft is saved.
    Warnings never do.
    """

    def __init__(self) -> None:
        self.errors: list[Rejection] = []
        self.gaps: list[Rejection] = []
        self.warnings: list[Rejection] = []

    def error(self, path: str, refusal: Refusal) -> None:
        self.errors.append(_at(path, refusal))

    def gap(self, path: str, refusal: Refusal) -> None:
        self.gaps.append(_at(path, refusal))

    def warn(self, path: str, refusal: Refusal) -> None:
        self.warnings.append(_at(path, refusal))


def _at(path: str, refusal: Refusal) -> Rejection:
    return Rejection(field=path, rule=refusal.rule, message=refusal.message)
