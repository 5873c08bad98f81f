"""Which hosts we may speak to: what the administrator lists, and nothing else.

An address comes from a file or a setting that others may write; without a list it could point our
credentials at any service of our own network.
"""

import ipaddress
import os
import socket
from dataclasses import dataclass
from fnmatch import fnmatchcase

from steelyard.sources.fetched import SourceRefused

SETTING = "STEELYARD_SOURCES"
LOOPBACK = ("http://localhost", "http://127.0.0.0/8", "http://::1/128")
"""Without a setting: made-up departments on this machine."""


@dataclass(frozen=True)
class Hosts:
    """Names (with ``*``) and networks; an entry that begins with ``http://`` may also be read without TLS."""

    entries: tuple[str, ...] = LOOPBACK

    @classmethod
    def from_environment(cls) -> "Hosts":
        """The list of ``STEELYARD_SOURCES``, with commas between."""
        said = tuple(part.strip().lower() for part in os.environ.get(SETTING, "").split(",") if part.strip())
        return cls(said or LOOPBACK)

    def require(self, host: str, *, plain: bool = False) -> None:
        """Raise SourceRefused unless the host is listed; ``plain``: it will be spoken to without TLS."""
        name = host.lower().strip("[]").rstrip(".")
        fitting = [entry for entry in self.entries if _fits(name, entry.removeprefix("http://"))]
        if not fitting:
            raise SourceRefused(
                f"{name or 'an empty host'} is not among the hosts we may read from: list it in {SETTING}"
            )
        if plain and not any(entry.startswith("http://") for entry in fitting):
            raise SourceRefused(
                f"{name} is only read over https; to allow plain http list it as http://{name} in {SETTING}"
            )


def _fits(name: str, entry: str) -> bool:
    network = _network(entry)
    if network is None:
        return bool(name) and fnmatchcase(name, entry)
    found = _addresses(name)
    return (
        bool(found)
        and all(address in network for address in found if address.version == network.version)
        and any(address.version == network.version for address in found)
    )


def _network(entry: str) -> "ipaddress.IPv4Network | ipaddress.IPv6Network | None":
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None


def _addresses(name: str) -> "list[ipaddress.IPv4Address | ipaddress.IPv6Address]":
    """What a name stands for; a name nobody knows stands for nothing."""
    try:
        return [ipaddress.ip_address(name)]
    except ValueError:
        pass
    try:
        return [ipaddress.ip_address(found[4][0]) for found in socket.getaddrinfo(name, None)]
    except (OSError, UnicodeError):
        return []
