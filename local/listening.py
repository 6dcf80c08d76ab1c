"""Which sockets a process and its descendants listen on, read from /proc (Linux only)."""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

LISTEN = "0A"


def descendants(pid: int) -> set[int]:
    """The process and all processes below it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    family = {pid}
    while found := {child for child, parent in parents.items() if parent in family} - family:
        family |= found
    return family


def _sockets_of(pid: int) -> Iterator[str]:
    try:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            if match := re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink())):
                yield match[1]
    except OSError:
        return


def _address(hexadecimal: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]:
    """Decode /proc/net/tcp's notation: 32-bit words in host byte order, port after the colon."""
    host, port = hexadecimal.split(":")
    words = [bytes.fromhex(host[i : i + 8])[::-1] for i in range(0, len(host), 8)]
    return ipaddress.ip_address(b"".join(words)), int(port, 16)


def listening(pid: int) -> dict[int, str]:
    """Port -> address for every TCP socket that the process or a descendant listens on."""
    owned = {inode for member in descendants(pid) for inode in _sockets_of(member)}
    found = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN and fields[9] in owned:
                address, port = _address(fields[1])
                found[port] = str(address)
    return found


def beyond_loopback(pid: int) -> dict[int, str]:
    """The listening sockets that other machines could reach; empty when the promise holds."""
    return {port: address for port, address in listening(pid).items() if not ipaddress.ip_address(address).is_loopback}
