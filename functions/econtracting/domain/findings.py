"""What pydantic finds wrong with a request, as people read it.

The English sentence is the library's own. Its readings have the kind of finding as their key (`pydantic:missing` in
`words/<language>/forms.json`), because the library's sentences change with its releases and its kinds do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from econtracting.domain.words import ENGLISH, LANGUAGES, Words, catalog, said

OTHER = "This is not valid here."  # what other languages say of a kind that has no reading


def message_of(finding: Mapping[str, Any]) -> str:
    """The sentence of one row of `ValidationError.errors()`."""
    context = finding.get("ctx") or {}
    own = context.get("message")  # of a rule of our own, whose sentence may hold places
    if isinstance(own, str):
        return own
    return Words(
        str(finding["msg"]),
        readings={one: _reading(one, finding, context) for one in LANGUAGES if one != ENGLISH},
    )


def _reading(language: str, finding: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    known = catalog(language)
    template = known.get(f"pydantic:{finding['type']}")
    if template is None:
        return known.get(finding["msg"], said(OTHER, language))
    places = dict(context)
    if isinstance(places.get("expected"), str):  # the library's list of what is admitted: 'a', 'b' or 'c'
        places["expected"] = places["expected"].replace(" or ", said(" or ", language))
    return template.format_map(places)
