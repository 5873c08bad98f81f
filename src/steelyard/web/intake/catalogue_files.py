"""Contracts and interfaces of this installation, read once a process."""

from functools import cache
from pathlib import Path

from django.conf import settings

from steelyard.contracts import Contract, Vocabulary, load_contracts, load_vocabularies
from steelyard.sources import Interface, load_interfaces
from steelyard.web.orgs.models import in_language


def contracts() -> dict[str, Contract]:
    return _contracts(Path(settings.STEELYARD_CATALOGUE) / "contracts")


def interfaces() -> dict[str, Interface]:
    return _interfaces(Path(settings.STEELYARD_CATALOGUE) / "interfaces")


def department_name(code: str) -> str:
    """The department in the reader's language; the code itself where the vocabulary does not know it."""
    known = _vocabularies(Path(settings.STEELYARD_CATALOGUE) / "vocabulary").get("department")
    term = known.terms.get(code) if known else None
    return in_language(term.words.zh, term.words.en) if term else code


@cache
def _vocabularies(folder: Path) -> dict[str, Vocabulary]:
    return load_vocabularies(folder)


@cache
def _contracts(folder: Path) -> dict[str, Contract]:
    return load_contracts(folder)


@cache
def _interfaces(folder: Path) -> dict[str, Interface]:
    return load_interfaces(folder)
