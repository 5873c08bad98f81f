"""Contracts and interfaces of this installation, read once a process."""

from functools import cache
from pathlib import Path

from django.conf import settings

from steelyard.contracts import Contract, load_contracts
from steelyard.sources import Interface, load_interfaces


def contracts() -> dict[str, Contract]:
    return _contracts(Path(settings.STEELYARD_CATALOGUE) / "contracts")


def interfaces() -> dict[str, Interface]:
    return _interfaces(Path(settings.STEELYARD_CATALOGUE) / "interfaces")


@cache
def _contracts(folder: Path) -> dict[str, Contract]:
    return load_contracts(folder)


@cache
def _interfaces(folder: Path) -> dict[str, Interface]:
    return load_interfaces(folder)
