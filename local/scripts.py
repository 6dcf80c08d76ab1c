"""How inputs choose what the outside world does: plus-tags in e-mail addresses, and digits of special NPNs.

`dana+consider.slow@example.com` carries the tags consider and slow. An NPN of ten digits that begins with 99 is
special: its last three digits choose what the appointment gateway (first of them) and the license registry (last two)
do. Every other NPN is an honest producer with valid licenses everywhere. local/README.md lists the choices.
"""

import re

SPECIAL_NPN = re.compile(r"99\d{5}(\d)(\d\d)")


def tags_of(email: str) -> frozenset[str]:
    """The tags between + and @, separated by dots."""
    local = email.rpartition("@")[0]
    return frozenset(filter(None, local.partition("+")[2].lower().split(".")))


def gateway_script(npn: str) -> int:
    """What the appointment gateway does for this producer; 0 is approval."""
    match = SPECIAL_NPN.fullmatch(npn)
    return int(match[1]) if match else 0


def registry_script(npn: str) -> int:
    """What the license registry knows of this producer; 0 is valid licenses in every state."""
    match = SPECIAL_NPN.fullmatch(npn)
    return int(match[2]) if match else 0
