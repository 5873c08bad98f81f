"""Closed lists of codes with their names: grades, levels, kinds, states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.contracts.words import Words
from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError


class VocabularyBroken(SteelyardError):
    """A vocabulary file breaks the rules; every complaint names file and line."""


@dataclass(frozen=True)
class Term:
    """One code of a vocabulary."""

    code: str
    words: Words
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further facts of the file, such as the working days of a grade."""


@dataclass(frozen=True)
class Vocabulary:
    """A closed list of codes, in the order of the file."""

    name: str
    title: Words
    terms: Mapping[str, Term]
    path: Path
    line: int

    def __contains__(self, code: object) -> bool:
        return code in self.terms


def load_vocabularies(folder: Path) -> dict[str, Vocabulary]:
    """Every vocabulary of ``folder``, by name.  Raises VocabularyBroken with all complaints."""
    found: dict[str, Vocabulary] = {}
    wrong: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        document = yamlfile.load(path)
        listed = document.data.get("vocabularies") if isinstance(document.data, dict) else None
        if not isinstance(listed, dict) or document.data.get("format") != 1:
            wrong.append(f"{path}:1: a vocabulary file needs format: 1 and vocabularies")
            continue
        for name, body in listed.items():
            line = document.line_of("vocabularies", name)
            if name in found:
                wrong.append(f"{path}:{line}: vocabulary {name} stands in {found[name].path.name} already")
                continue
            read = _read(document, str(name), body, wrong)
            if read:
                found[str(name)] = read
    if wrong:
        raise VocabularyBroken("\n".join(wrong))
    return found


def _read(document: yamlfile.Document, name: str, body: Any, wrong: list[str]) -> Vocabulary | None:
    line = document.line_of("vocabularies", name)
    title = Words.read(body.get("title")) if isinstance(body, dict) else None
    listed = body.get("terms") if isinstance(body, dict) else None
    if title is None or not isinstance(listed, dict) or not listed:
        wrong.append(f"{document.path}:{line}: {name} needs title {{zh, en}} and terms")
        return None
    terms: dict[str, Term] = {}
    for code, facts in listed.items():
        words = Words.read(facts)
        if not isinstance(code, str) or words is None:
            at = document.line_of("vocabularies", name, "terms", code)
            wrong.append(f"{document.path}:{at}: {name}: the code {code!r} must be text with zh and en")
            continue
        terms[code] = Term(code, words, {k: v for k, v in facts.items() if k not in ("zh", "en")})
    return Vocabulary(name, title, terms, document.path, line)
