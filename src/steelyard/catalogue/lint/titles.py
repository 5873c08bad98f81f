"""Rules on what people read in place of columns: the title's placeholders, and words for every code."""

from collections.abc import Iterator, Mapping

from steelyard.catalogue.codes import codes
from steelyard.catalogue.complaint import Complaint
from steelyard.catalogue.model import Catalogue, SupervisionModel
from steelyard.catalogue.placeholders import FORMS, LONGEST, open_brackets, placeholders
from steelyard.catalogue.tree import Tree

LANGUAGES = ("zh", "en")
CODED = ("", "name")
"""Forms of a placeholder that show a code as it stands; a name may be one where nobody is on record."""
CLUE = {"zh": ("线索", "提示", "待核实", "请核实", "研判"), "en": ("clue", "lead", "hint", "verif")}
"""One of them stands in every title: what a query finds is never a verdict."""


def complaints(
    model: SupervisionModel, tree: Tree, output: Mapping[str, str], catalogue: Catalogue
) -> Iterator[Complaint]:
    """Every complaint on the title and the terms of one model.  ``output``: column to SQL type."""
    yield from _placeholders(model, output)
    yield from _both_languages(model)
    yield from _terms(model, output, catalogue)
    used = {column for text in model.text_title for column, form in placeholders(text) if form in CODED}
    for column in sorted(used & set(output)):
        if output[column] == "VARCHAR":
            yield from _words(model, tree, column, catalogue)


def _at(model: SupervisionModel, rule: str, message: str, *at: str | int) -> Complaint:
    return Complaint.at(model.document.path, model.document.line_of(*at), rule, message)


def _placeholders(model: SupervisionModel, output: Mapping[str, str]) -> Iterator[Complaint]:
    for language, text in zip(LANGUAGES, model.text_title, strict=True):
        at = ("text", "title", language)
        for column, form in placeholders(text):
            if column not in output:
                yield _at(model, "text", f"the title names {column}, which is not in the output", *at)
            if form and form not in FORMS:
                yield _at(model, "text", f"unknown form {form} of {column}", *at)
        if open_brackets(text):
            yield _at(model, "text", "a square bracket encloses an optional part with a placeholder in it", *at)
        if not any(word in text for word in CLUE[language]):
            yield _at(model, "text", f"the title must say that it is a clue: {', '.join(CLUE[language])}", *at)
        if len(text) > LONGEST:
            yield _at(model, "text", f"the title has {len(text)} letters, an alert keeps {LONGEST}", *at)


def _both_languages(model: SupervisionModel) -> Iterator[Complaint]:
    zh, en = ({column for column, _form in placeholders(text)} for text in model.text_title)
    for language, missing in (("zh", en - zh), ("en", zh - en)):
        for column in sorted(missing):
            message = f"the title in {language} does not say {column}, the other language does"
            yield _at(model, "text", message, "text", "title", language)


def _terms(model: SupervisionModel, output: Mapping[str, str], catalogue: Catalogue) -> Iterator[Complaint]:
    for column, terms in model.terms.items():
        for name in terms.vocabularies:
            if name not in catalogue.vocabulary:
                yield _at(model, "terms", f"{column}: there is no vocabulary {name}", "terms", column)
        if column not in output and not any(column in one.sql for one in model.evidence):
            yield _at(model, "terms", f"{column} is no column of the output or the evidence", "terms", column)


def _words(model: SupervisionModel, tree: Tree, column: str, catalogue: Catalogue) -> Iterator[Complaint]:
    """Whether every code that a column shown in the title can hold has words."""
    found = codes(tree, column, catalogue)
    known = model.terms.get(column)
    for name in sorted(found.vocabularies - set(known.vocabularies if known else ())):
        message = f"{column} holds codes of the vocabulary {name}: terms must name it"
        yield _at(model, "terms", message, "terms", column)
    for code in sorted(found.written):
        if catalogue.words(model, column, code) is None:
            yield _at(model, "terms", f"{column} can be {code}, which has no words", "terms", column)
