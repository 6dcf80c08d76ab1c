"""Reads one section's answers: each field by its type, then groups, then what has to fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from econtracting.domain.fields import post, us
from econtracting.domain.fields.conditions import Condition, answer_at, holds
from econtracting.domain.fields.contact import split_extension
from econtracting.domain.fields.names import same_name, split_suffix
from econtracting.domain.fields.rejections import Findings, Refusal
from econtracting.domain.fields.text import clean
from econtracting.domain.interview import fields
from econtracting.domain.interview.context import InterviewContext
from econtracting.domain.interview.copies import copied, is_whole
from econtracting.domain.interview.definition import Copy, Field, InterviewDefinition, SectionDefinition, SectionRule
from econtracting.domain.interview.questions import UNFINISHED, known_members, read_question
from econtracting.domain.words import words

# Answers that break one of these are not even kept in a draft: they are no text a person meant to write.
_NEVER_KEPT = frozenset({"wrong-type", "control-character", "too-long"})
_UNKNOWN_NAMED = 20


class Reading:
    """One pass over a section's answers; afterward its members tell what was read, and `found` what was wrong."""

    def __init__(
        self, definition: InterviewDefinition, section: SectionDefinition, context: InterviewContext, *, draft: bool
    ) -> None:
        self.definition, self.section, self.context, self.draft = definition, section, context, draft
        self.found = Findings()
        self.public: dict[str, Any] = {}
        self.sensitive: dict[str, Any] = {}
        self.masked: dict[str, Any] = {}
        self.kept: list[str] = []
        self._attempted: set[str] = set()  # paths of what was given, right or wrong: those are not "missing" too

    def read(self, answers: Mapping[str, Any]) -> None:
        section = self.section
        partners = (field.typed_twice_as for field in section.fields if field.typed_twice_as)
        names = (*(field.name for field in section.fields), *(question.code for question in section.questions))
        self._refuse_unknown("", answers, (*names, *partners))
        for field in section.fields:
            if field.type == "requested-states":
                self._requested_states(field, answers)
            elif field.type == "group":
                self._group(field, answers.get(field.name))
            elif field.sensitive:
                self._sensitive(field, answers)
            else:
                self._put(self.public, field, answers.get(field.name), field.name)
        self._split_suffixes()
        self._split_extensions()
        self._compare_places("", section.fields, self.public)
        self._require()
        for rule in section.rules:
            self._together(rule)
        self._questions(answers)

    def _refuse_unknown(self, path: str, given: Iterable[str], known: Iterable[str]) -> None:
        # The name is repeated, shortened, as the field's path: it names something, it is no answer.
        for name in sorted(set(given) - set(known))[:_UNKNOWN_NAMED]:
            self.found.error(
                f"{path}{name[:60]}", Refusal("unknown-field", "This is not asked here; nothing was saved.")
            )

    def _put(self, into: dict[str, Any], field: Field, raw: Any, path: str) -> None:
        value = self._value(field, raw, path)
        if value is not None:
            into[field.name] = value

    def _value(self, field: Field, raw: Any, path: str) -> Any:
        try:
            value = fields.read(field, raw, self.context)
        except Refusal as refusal:
            return self._refused(field, raw, path, refusal)
        if value is None:
            return None
        self._attempted.add(path)
        if doubt := fields.remark(field, value):
            self._warn(field, path, doubt)
        invited = getattr(self.context.invitation, field.prefill) if field.prefill and field.warn_if_changed else None
        if invited and not _same(field, str(value), invited):
            self._warn(field, path, Refusal("differs-from-invitation", "This is not what your invitation says."))
        return value

    def _refused(self, field: Field, raw: Any, path: str, refusal: Refusal) -> str | None:
        self._attempted.add(path)
        if not self.draft or field.sensitive or refusal.rule in _NEVER_KEPT or not isinstance(raw, str):
            self._error(field, path, refusal)
            return None
        try:
            kept = clean(raw, field.longest or fields.TEXT_LENGTH, lines=field.type == "long-text")
        except Refusal as worse:
            self._error(field, path, worse)
            return None
        self._warn(field, path, refusal)
        return kept

    def _error(self, field: Field, path: str, refusal: Refusal) -> None:
        self.found.error(path, Refusal(refusal.rule, fields.message(field, refusal)))

    def _warn(self, field: Field, path: str, refusal: Refusal) -> None:
        self.found.warn(path, Refusal(refusal.rule, fields.message(field, refusal)))

    def _keeps(self, name: str, answers: Mapping[str, Any]) -> bool:
        """Whether the sensitive answer on file stays: its mask came back, or nothing came for it."""
        stored = self.context.stored_masked.get(name)
        if stored is None or answers.get(name, stored) != stored:
            return False
        self.masked[name] = stored
        self.kept.append(name)
        return True

    def _sensitive(self, field: Field, answers: Mapping[str, Any]) -> None:
        if self._keeps(field.name, answers):
            return
        raw = answers.get(field.name)
        if isinstance(raw, str) and "*" in raw:
            self._attempted.add(field.name)
            self._error(field, field.name, _masked(field.label))
            return
        value = self._value(field, raw, field.name)
        if value is not None and self._confirmed(field, value, answers):
            self.sensitive[field.name] = value
            self.masked[field.name] = fields.mask(field, value)

    def _confirmed(self, field: Field, value: Any, answers: Mapping[str, Any]) -> bool:
        partner = field.typed_twice_as
        if partner is None:
            return True
        try:
            again = fields.read(field, answers.get(partner), self.context)
        except Refusal:
            again = False
        if again is None:
            self.found.gap(
                partner, Refusal("unconfirmed", words("Please enter “{label}” a second time.", label=field.label))
            )
        elif again != value:
            self._error(
                field, partner, Refusal("confirm-mismatch", "The two entries are not the same. Please check both.")
            )
        return bool(again == value)

    def _requested_states(self, field: Field, answers: Mapping[str, Any]) -> None:
        states = list(self.context.requested_states)
        self.public[field.name] = states
        if answers.get(field.name, states) != states:
            self._warn(
                field, field.name, Refusal("read-only", "This list comes from your recruiter; it stays as it is.")
            )

    def _group(self, group: Field, raw: Any) -> None:
        if raw is None:
            raw = {}
        if not isinstance(raw, Mapping):
            self._attempted.add(group.name)
            self._error(group, group.name, fields.wrong_type("set of fields"))
            return
        switch = group.follows.switch if group.follows else None
        self._refuse_unknown(f"{group.name}.", raw, (*(member.name for member in group.fields), switch or ""))
        ticked = raw.get(switch) if switch else None
        if ticked is not None and not isinstance(ticked, bool):
            self._error(group, f"{group.name}.{switch}", fields.wrong_type("yes or a no"))
        values: dict[str, Any] = {}
        if group.follows and ticked is True:
            values = self._follow(group, group.follows)
        else:
            for member in group.fields:
                self._put(values, member, raw.get(member.name), f"{group.name}.{member.name}")
            self._refuse_bare_boxes(group, values)
            self._compare_places(f"{group.name}.", group.fields, values)
        if values:
            self.public[group.name] = values

    def _follow(self, group: Field, copy: Copy) -> dict[str, Any]:
        self._attempted.update(f"{group.name}.{member.name}" for member in group.fields)
        source = answer_at(copy.source, {**self.context.other_sections, self.section.name: self.public})
        original = self.definition.field_at(copy.source)
        values = copied(group, source)
        if (
            original is None
            or not is_whole(original, source, self.context)
            or not is_whole(group, values, self.context)
        ):
            first = original.label if original else copy.source
            incomplete = Refusal(
                "copy-incomplete", words("Please complete “{first}” first; then it can be used here.", first=first)
            )
            self.found.gap(f"{group.name}.{copy.switch}", Refusal(incomplete.rule, fields.message(group, incomplete)))
        return {copy.switch: True, **values}

    def _split_suffixes(self) -> None:
        for field in self.section.fields:
            name = self.public.get(field.takes_suffix_from or "")
            if not isinstance(name, str):
                continue
            short, suffix = split_suffix(name, field.choices)
            if suffix is not None and self.public.setdefault(field.name, suffix) == suffix:
                self.public[field.takes_suffix_from or ""] = short

    def _split_extensions(self) -> None:
        for field in self.section.fields:
            number = self.public.get(field.takes_extension_from or "")
            if not isinstance(number, str):
                continue
            short, extension = split_extension(number)
            if extension is not None and self.public.setdefault(field.name, extension) == extension:
                self.public[field.takes_extension_from or ""] = short

    def _refuse_bare_boxes(self, group: Field, values: dict[str, Any]) -> None:
        """ "Box 12" is a post-office box, unless the other line names the rural route that it stands at."""
        lines = [member for member in group.fields if member.type == "address-line" and member.name in values]
        if any(post.is_route(values[member.name]) for member in lines):
            return
        for member in lines:
            if not member.po_box and post.is_bare_box(values[member.name]):
                raw = values.pop(member.name)
                kept = self._refused(member, raw, f"{group.name}.{member.name}", post.no_home())
                if kept is not None:
                    values[member.name] = kept

    def _compare_places(self, path: str, group: tuple[Field, ...], values: Mapping[str, Any]) -> None:
        places = {member.type: member for member in group if member.type in ("state", "postal-code")}
        if len(places) < 2:
            return
        zip_field = places["postal-code"]
        zip_code, state = values.get(zip_field.name), values.get(places["state"].name)
        if zip_code and state in us.STATES | us.MAIL_ONLY and not us.in_state(zip_code, state):
            doubt = Refusal("postal-code-state", "This ZIP code seems to lie in another state. Keep it if it is right.")
            self._warn(zip_field, f"{path}{zip_field.name}", doubt)

    def _require(self) -> None:
        facts = self.context.facts(**{self.section.name: self.public})

        def wanted(field: Field) -> bool:
            when: Condition | None = field.required_when
            return field.required or (when is not None and holds(when, facts))

        for field in self.section.fields:
            given = self.public.get(field.name, self.masked.get(field.name))
            if field.type != "group":
                self._missing(field, field.name, given, wanted(field))
            elif wanted(field) or given:
                for member in field.fields:
                    path = f"{field.name}.{member.name}"
                    self._missing(member, path, (given or {}).get(member.name), wanted(member))

    def _missing(self, field: Field, path: str, given: Any, wanted: bool) -> None:
        if wanted and given is None and path not in self._attempted:
            self.found.gap(path, fields.required(field))

    def _together(self, rule: SectionRule) -> None:
        given = [name for name in rule.fields if name in self._attempted or name in self.masked]
        if not given:
            self.found.gap(rule.fields[0], Refusal(rule.kind, rule.message))
        elif len(given) > 1 and rule.kind == "exactly-one":
            self.found.gap(given[-1], Refusal("contradiction", rule.contradiction or rule.message))

    def _questions(self, answers: Mapping[str, Any]) -> None:
        for question in self.section.questions:
            code, raw = question.code, answers.get(question.code)
            gaps = len(self.found.gaps)
            if self._keeps(code, answers):
                if self.masked[code] == UNFINISHED:
                    self.found.gap(code, Refusal("unfinished", "Please finish your answer to this question."))
            elif raw is None:
                self.found.gap(code, Refusal("required", "Please answer this question with yes or no."))
            elif isinstance(raw, str) and "*" in raw:
                self.found.error(code, _masked(question.topic))
            else:
                if isinstance(raw, Mapping):
                    self._refuse_unknown(f"{code}.", raw, known_members(question))
                allowed = self.definition.attachments_per_question
                value = read_question(question, raw, allowed, self.context, self.found)
                if value:
                    self.sensitive[code] = value
                    self.masked[code] = UNFINISHED if len(self.found.gaps) > gaps else fields.MASK


def _same(field: Field, value: str, invited: str) -> bool:
    if field.type == "name":
        return same_name(value, invited)
    return value.casefold() == invited.strip().casefold()


def _masked(label: str) -> Refusal:
    message = words("Please enter “{label}” in full; what came back is only its mask.", label=label)
    return Refusal("masked-value", message)
