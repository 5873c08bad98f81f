"""Contracts and interfaces of this installation, read once a process."""

from functools import cache
from pathlib import Path

from django.conf import settings

from steelyard.catalogue import Catalogue, read_catalogue
from steelyard.contracts import Contract, Vocabulary, load_contracts, load_vocabularies
from steelyard.kit.workdays import Calendar, load_calendar
from steelyard.sources import Interface, load_interfaces
from steelyard.web.orgs.models import in_language


def contracts() -> dict[str, Contract]:
    return _contracts(Path(settings.STEELYARD_CATALOGUE) / "contracts")


def interfaces() -> dict[str, Interface]:
    return _interfaces(Path(settings.STEELYARD_CATALOGUE) / "interfaces")


def department_name(code: str) -> str:
    """The department in the reader's language; the code itself where the vocabulary does not know it."""
    return term("department", code)


def departments() -> frozenset[str]:
    """Codes of every department that may own data."""
    known = _vocabularies(Path(settings.STEELYARD_CATALOGUE) / "vocabulary").get("department")
    return frozenset(known.terms) if known else frozenset()


def term(vocabulary: str, code: str) -> str:
    """The word of a code in the reader's language; the code itself where it has none."""
    known = _vocabularies(Path(settings.STEELYARD_CATALOGUE) / "vocabulary").get(vocabulary)
    found = known.terms.get(code) if known else None
    return in_language(found.words.zh, found.words.en) if found else code


def vocabulary_title(name: str) -> str:
    """A vocabulary in the reader's language; its name where there is none."""
    known = _vocabularies(Path(settings.STEELYARD_CATALOGUE) / "vocabulary").get(name)
    return in_language(known.title.zh, known.title.en) if known else name


def catalogue() -> Catalogue:
    """Models and relations of this installation."""
    return _catalogue(Path(settings.STEELYARD_CATALOGUE))


def calendar() -> Calendar:
    """The days that are worked."""
    return _calendar(Path(settings.STEELYARD_CATALOGUE) / "workflows" / "calendar.yaml")


@cache
def _calendar(path: Path) -> Calendar:
    return load_calendar(path, "cn_workdays")


@cache
def _catalogue(root: Path) -> Catalogue:
    return read_catalogue(root)[0]


@cache
def _vocabularies(folder: Path) -> dict[str, Vocabulary]:
    return load_vocabularies(folder)


@cache
def _contracts(folder: Path) -> dict[str, Contract]:
    return load_contracts(folder)


@cache
def _interfaces(folder: Path) -> dict[str, Interface]:
    return load_interfaces(folder)
