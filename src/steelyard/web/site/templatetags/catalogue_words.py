"""Names of datasets, columns and quarantine rules as the catalogue gives them, in the reader's language."""

from django import template
from django.utils.translation import gettext_lazy as _

from steelyard.web.orgs.models import in_language
from steelyard.web.workbench import shelf

register = template.Library()

RULES = {
    "required": _("The value is missing."),
    "type": _("The value is not of the column's type."),
    "vocabulary": _("The value is none of the agreed codes."),
    "number": _("The number is not valid."),
    "name-conflict": _("The number is known under another name."),
    "key-duplicate": _("The same key stands in the file twice."),
    "line": _("The line could not be read."),
    "file": _("The file could not be read."),
    "superseded": _("A later row of the same key replaced it."),
}


@register.filter
def dataset_title(dataset: object) -> str:
    """``rent_receipt`` as ``Rent received``."""
    return shelf.dataset_title(str(dataset))


@register.filter
def column_title(dataset: object, column: object) -> str:
    """The column of the dataset by its name; ``{{ dataset|column_title:column }}``."""
    return shelf.column_title(str(dataset), str(column)) if column else "—"


@register.filter
def rule_words(rule: object, dataset: object = "") -> str:
    """A rule of the quarantine as a sentence; a contract's own check by its title."""
    name = str(rule)
    if not name.startswith("check:"):
        return str(RULES.get(name, name))
    known = shelf.catalogue().contracts
    for contract in [known[str(dataset)]] if str(dataset) in known else known.values():
        for check in contract.checks:
            if check.id == name.removeprefix("check:"):
                return in_language(check.title.zh, check.title.en)
    return name
