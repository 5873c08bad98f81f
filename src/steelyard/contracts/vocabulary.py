"""Closed lists of codes with their names: grades, levels, kinds, states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.contracts.words import Words
from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError

STANDARD = "standard"
"""Among the departments of a term's codes: those of the standard that the vocabulary names."""


class VocabularyBroken(SteelyardError):
    """A vocabulary file breaks the rules; every complaint names file and line."""


@dataclass(frozen=True)
class Term:
    """One code of a vocabulary."""

    code: str
    words: Words
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further facts of the file, such as the working days of a grade."""
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What departments write for the code, by department; ``standard`` for the codes of the standard named."""


@dataclass(frozen=True)
class Vocabulary:
    """A closed list of codes, in the order of the file."""

    name: str
    title: Words
    terms: Mapping[str, Term]
    path: Path
    line: int
    standard: str = ""
    """The standard whose codes stand under ``standard``, such as GB/T 2261.1."""

    def __contains__(self, code: object) -> bool:
        return code in self.terms

    def readings(self, department: str = "") -> dict[str, str]:
        """What a department may write, and the code it means.

        The department's own words go before those of the standard, these before the names and codes of the
        vocabulary: a bureau that writes 1 for female means it.
        """
        found: dict[str, str] = {}
        for code, term in self.terms.items():
            found |= {code: code, term.words.zh: code}
        for source in (STANDARD, department):
            for code, term in self.terms.items():
                found |= dict.fromkeys(term.codes.get(source, ()), code)
        return found


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
    wrong += _clashes(found)
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
        more = {k: v for k, v in facts.items() if k not in ("zh", "en", "codes")}
        terms[code] = Term(code, words, more, _codes(document, name, code, facts.get("codes"), wrong))
    standard = str(body.get("standard", ""))
    if not standard and any(STANDARD in term.codes for term in terms.values()):
        wrong.append(f"{document.path}:{line}: {name} has codes of a standard and does not name it")
    return Vocabulary(name, title, terms, document.path, line, standard)


def _codes(
    document: yamlfile.Document, name: str, code: str, said: Any, wrong: list[str]
) -> dict[str, tuple[str, ...]]:
    """What departments write for one code."""
    if said is None:
        return {}
    fine = isinstance(said, dict) and all(
        isinstance(words, list) and all(isinstance(word, str) for word in words) for words in said.values()
    )
    if not fine:
        at = document.line_of("vocabularies", name, "terms", code)
        wrong.append(f"{document.path}:{at}: {name}: {code}: codes must be {{department: [words in quotes]}}")
        return {}
    return {str(department): tuple(words) for department, words in said.items()}


def _clashes(found: Mapping[str, Vocabulary]) -> list[str]:
    """Words that one department uses for two codes, and departments that nobody knows."""
    wrong: list[str] = []
    departments = found.get("department")
    for one in found.values():
        meant: dict[tuple[str, str], str] = {}
        for code, term in one.terms.items():
            for department, words in term.codes.items():
                if departments and department != STANDARD and department not in departments:
                    wrong.append(f"{one.path}:{one.line}: {one.name}: {code}: unknown department {department}")
                for word in words:
                    other = meant.setdefault((department, word), code)
                    if other != code:
                        message = f"{department} writes {word} for {other} and for {code}"
                        wrong.append(f"{one.path}:{one.line}: {one.name}: {message}")
    return wrong
