"""The pool and its contracts as this room reads them."""

from functools import cache
from pathlib import Path

from django.conf import settings

from steelyard.contracts import Contract, Vocabulary, load_contracts, load_vocabularies
from steelyard.engines.postgres import Role
from steelyard.pool import Pool
from steelyard.web.orgs.engine_link import database_of_pages
from steelyard.web.orgs.models import in_language


def contracts() -> dict[str, Contract]:
    return _contracts(Path(settings.STEELYARD_CATALOGUE) / "contracts")


def pool(role: Role = Role.READER) -> Pool:
    return Pool(settings.STEELYARD_HOME, database_of_pages(), contracts(), role=role)


def term(vocabulary: str, code: str) -> str:
    """The word of a code in the reader's language; the code itself where it has none."""
    known = _vocabularies(Path(settings.STEELYARD_CATALOGUE) / "vocabulary").get(vocabulary)
    found = known.terms.get(code) if known else None
    return in_language(found.words.zh, found.words.en) if found else code


@cache
def _contracts(folder: Path) -> dict[str, Contract]:
    return load_contracts(folder)


@cache
def _vocabularies(folder: Path) -> dict[str, Vocabulary]:
    return load_vocabularies(folder)
