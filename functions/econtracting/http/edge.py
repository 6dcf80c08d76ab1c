"""The viewer's address behind the distribution, which the gateway sees as one address of the distribution's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any

SECRET_HEADER = "x-edge-secret"
ADDRESS_HEADER = "x-viewer-address"  # set by the distribution for every request, whatever the viewer sent


def seen_through(event: Mapping[str, Any], from_edge: Callable[[str], bool]) -> dict[str, Any]:
    """The event with the viewer's address as its source, if the distribution proves that it passed the request on.

    Without the shared secret, by which `from_edge` knows it, the headers say nothing and the gateway's own finding
    stands. Neither goes any further.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    kept = {**event}
    for where in ("headers", "multiValueHeaders"):
        if event.get(where):
            kept[where] = {
                name: value
                for name, value in event[where].items()
                if name.lower() not in (SECRET_HEADER, ADDRESS_HEADER)
            }
    if (shown := headers.get(SECRET_HEADER)) and from_edge(shown):
        address = _address(headers.get(ADDRESS_HEADER))
        if address is not None:
            context = event["requestContext"]
            kept["requestContext"] = {**context, "identity": {**context["identity"], "sourceIp": address}}
    return kept


def _address(text: str | None) -> str | None:
    try:
        return str(ip_address(text or ""))
    except ValueError:
        return None
