"""Reads one section's answers: each field by its type, then groups and copies, then what has to fit together.

Findings are sorted as they are made. Errors refuse the save. Gaps (something required is missing or unfinished) refuse
it too, unless a draft is saved. Warnings never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from econtracting.domain import fields, us
from econtracting.domain.conditions import answer_at, holds
from econtracting.domain.interview_context import InterviewContext
from econtracting.domain.interview_definition import Copy, Field, InterviewDefinition, SectionDefinition, SectionRule
from econtracting.domain.rejections import Refusal, Rejection
from econtracting.domain.text_rules import clean, split_suffix

# Answers that break one of these are not even kept in a draft: they are no text a person meant to write.
_NEVER_KEPT = frozenset({"wrong-type", "control-character", "too-long"})
_UNKNOWN_NAMED = 20
_ON_FILE = object()


class Findings:
    """Everything remarked on while a section was read."""

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


class Reading:
    """One pass over a section's answers; afterwards `public`, `sensitive`, `masked` and `kept` tell what was read."""

    def __init__(
        self, definition: InterviewDefinition, section: SectionDefinition, context: InterviewContext, *, draft: bool
    ) -> None:
        self.definition, self.section, self.context, self.draft = definition, section, context, draft
        self.findings = Findings()
        self.public: dict[str, Any] = {}
        self.sensitive: dict[str, Any] = {}
        self.masked: dict[str, Any] = {}
        self.kept: list[str] = []

    def read_fields(self, answers: Mapping[str, Any]) -> None:
        for field in self.section.fields:
            if field.type == "requested-states":
                self._requested_states(field, answers)
            elif field.type == "group":
                self._group(field, answers.get(field.name))
            elif field.sensitive:
                self._sensitive(field, answers)
            else:
                self._put(self.public, field, answers.get(field.name), field.name)
        self._suffixes()
        self._fitting("", self.section.fields, self.public)
        self._required()
        for rule in self.section.rules:
            self._together(rule)

    def refuse_unknown(self, path: str, given: Iterable[str], known: Iterable[str]) -> None:
        """An unknown name is repeated, shortened, as the field's path: it is a name, not an answer."""
        for name in sorted(set(given) - set(known))[:_UNKNOWN_NAMED]:
            self.findings.error(
                f"{path}{name[:60]}", Refusal("unknown-field", "This is not asked here; nothing was saved.")
            )

    def keeps(self, name: str, answers: Mapping[str, Any]) -> bool:
        """Whether the sensitive answer on file stays: its mask came back, or nothing came for it."""
        stored = self.context.stored_masked.get(name)
        return stored is not None and answers.get(name, stored) == stored

    def keep(self, name: str) -> None:
        self.masked[name] = self.context.stored_masked[name]
        self.kept.append(name)

    def _put(self, into: dict[str, Any], field: Field, raw: Any, path: str) -> None:
        value = self._value(field, raw, path)
        if value is not None:
            into[field.name] = value

    def _value(self, field: Field, raw: Any, path: str) -> Any:
        try:
            value = fields.read(field, raw, self.context)
        except Refusal as refusal:
            return self._refused(field, raw, path, refusal)
        if value is not None and (doubt := fields.remark(field, value)):
            self._warn(field, path, doubt)
        invited = getattr(self.context.invitation, field.prefill) if field.prefill and field.warn_if_changed else None
        if value and invited and value.casefold() != invited.strip().casefold():
            self._warn(field, path, Refusal("differs-from-invitation", "This is not what your invitation says."))
        return value

    def _refused(self, field: Field, raw: Any, path: str, refusal: Refusal) -> Any:
        told = Refusal(refusal.rule, fields.message(field, refusal))
        if not self.draft or field.sensitive or refusal.rule in _NEVER_KEPT:
            self.findings.error(path, told)
            return None
        try:
            kept = clean(raw, field.longest or fields.TEXT_LENGTH, lines=field.type == "long-text")
        except Refusal as worse:
            self.findings.error(path, Refusal(worse.rule, fields.message(field, worse)))
            return None
        self.findings.warn(path, told)
        return kept

    def _warn(self, field: Field, path: str, refusal: Refusal) -> None:
        self.findings.warn(path, Refusal(refusal.rule, fields.message(field, refusal)))

    def _sensitive(self, field: Field, answers: Mapping[str, Any]) -> None:
        raw = answers.get(field.name)
        if self.keeps(field.name, answers):
            self.keep(field.name)
            return
        if isinstance(raw, str) and "*" in raw:
            hidden = Refusal("masked-value", f"Please type “{field.label}” in full; part of it is hidden.")
            self.findings.error(field.name, Refusal(hidden.rule, fields.message(field, hidden)))
            return
        value = self._value(field, raw, field.name)
        if value is not None and self._confirmed(field, value, answers):
            self.sensitive[field.name] = value
            self.masked[field.name] = fields.mask(field, value)

    def _confirmed(self, field: Field, value: Any, answers: Mapping[str, Any]) -> bool:
        partner = field.typed_twice_as
        if partner is None:
            return True
        again = answers.get(partner)
        if again is None or again == "":
            unconfirmed = Refusal("unconfirmed", f"Please enter “{field.label}” a second time.")
            self.findings.gap(partner, Refusal(unconfirmed.rule, fields.message(field, unconfirmed)))
            return False
        try:
            same = fields.read(field, again, self.context) == value
        except Refusal:
            same = False
        if not same:
            mismatch = Refusal("confirm-mismatch", "The two entries are not the same. Please check both.")
            self.findings.error(partner, Refusal(mismatch.rule, fields.message(field, mismatch)))
        return same

    def _requested_states(self, field: Field, answers: Mapping[str, Any]) -> None:
        states = list(self.context.requested_states)
        self.public[field.name] = states
        if answers.get(field.name, states) != states:
            self._warn(field, field.name, Refusal("read-only", "This list comes from your recruiter; it stays as it is."))

    def _group(self, group: Field, raw: Any) -> None:
        if raw is None:
            raw = {}
        if not isinstance(raw, Mapping):
            self.findings.error(group.name, fields.wrong_type("set of fields"))
            return
        switch = group.follows.switch if group.follows else None
        known = [member.name for member in group.fields] + ([switch] if switch else [])
        self.refuse_unknown(f"{group.name}.", raw, known)
        if group.follows and self._ticked(group, raw.get(group.follows.switch)):
            values = self._followed(group, group.follows)
        else:
            values = {}
            for member in group.fields:
                self._put(values, member, raw.get(member.name), f"{group.name}.{member.name}")
            self._fitting(f"{group.name}.", group.fields, values)
        if values:
            self.public[group.name] = values

    def _ticked(self, group: Field, raw: Any) -> bool:
        assert group.follows is not None
        if raw is not None and not isinstance(raw, bool):
            self.findings.error(f"{group.name}.{group.follows.switch}", fields.wrong_type("yes or a no"))
        return raw is True

    def _followed(self, group: Field, copy: Copy) -> dict[str, Any]:
        source = answer_at(copy.source, {**self.context.other_sections, self.section.name: self.public})
        original = self.definition.field_at(copy.source)
        values = copied(group, source)
        if original is None or not self._whole(original, source) or not self._whole(group, values):
            followed = original.label if original else copy.source
            self.findings.gap(
                f"{group.name}.{copy.switch}",
                Refusal("copy-incomplete", f"Please complete “{followed}” first; then it can be used here."),
            )
        return {copy.switch: True, **values}

    def _whole(self, group: Field, values: Any) -> bool:
        """Whether a group's answers would pass on their own."""
        if not isinstance(values, Mapping):
            return False
        for member in group.fields:
            try:
                value = fields.read(member, values.get(member.name), self.context)
            except Refusal:
                return False
            if member.required and value is None:
                return False
        return True

    def _suffixes(self) -> None:
        for field in self.section.fields:
            source = self.section.field(field.takes_suffix_from or "")
            name = self.public.get(source.name) if source else None
            if source is None or name is None:
                continue
            short, suffix = split_suffix(name, field.choices)
            if suffix is not None and self.public.setdefault(field.name, suffix) == suffix:
                self.public[source.name] = short

    def _fitting(self, path: str, group: tuple[Field, ...], values: Mapping[str, Any]) -> None:
        """A ZIP code that does not belong to the state beside it is worth a second look, never more."""
        places = {member.type: member for member in group if member.type in ("state", "postal-code")}
        if len(places) < 2:
            return
        zip_code, state = (values.get(places[kind].name) for kind in ("postal-code", "state"))
        if zip_code and state in us.STATES and not us.in_state(zip_code, state):
            doubt = Refusal("postal-code-state", "This ZIP code seems to lie in another state. Keep it if it is right.")
            self._warn(places["postal-code"], f"{path}{places['postal-code'].name}", doubt)

    def _required(self) -> None:
        facts = self.context.facts(**{self.section.name: self.public})
        for field in self.section.fields:
            given = self.public.get(field.name) if not field.sensitive else self.masked.get(field.name)
            wanted = field.required or (field.required_when is not None and holds(field.required_when, facts))
            if field.type != "group":
                if wanted and given is None:
                    self.findings.gap(field.name, fields.required(field))
            elif wanted or given:
                following = field.follows is not None and bool(given) and field.follows.switch in given
                for member in () if following else field.fields:
                    needed = member.required or (member.required_when is not None and holds(member.required_when, facts))
                    if needed and (given or {}).get(member.name) is None:
                        self.findings.gap(f"{field.name}.{member.name}", fields.required(member))

    def _together(self, rule: SectionRule) -> None:
        given = [name for name in rule.fields if name in self.public or name in self.masked]
        if not given:
            self.findings.gap(rule.fields[0], Refusal(rule.kind, rule.message))
        elif len(given) > 1 and rule.kind == "exactly-one":
            self.findings.gap(given[-1], Refusal("contradiction", rule.contradiction or rule.message))


def copied(group: Field, source: Any) -> dict[str, Any]:
    """What a following group takes over: the members both have."""
    if not isinstance(source, Mapping):
        return {}
    return {member.name: source[member.name] for member in group.fields if source.get(member.name) is not None}


def _at(path: str, refusal: Refusal) -> Rejection:
    return Rejection(field=path, rule=refusal.rule, message=refusal.message)
