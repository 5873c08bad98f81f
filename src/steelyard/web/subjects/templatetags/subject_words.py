"""Words of the pages about subjects."""

from collections.abc import Iterable

from django import template

from steelyard.web.subjects.pool_link import term

register = template.Library()


@register.filter
def department_title(code: object) -> str:
    """``public-security`` as ``Public security``; of an interface's name the department's part."""
    return term("department", str(code).partition("/")[0])


@register.filter
def percent_words(share: object) -> str:
    """``0.937`` as ``93.7 %``; what is not quite certain is never written as certain."""
    value = float(str(share))
    return f"{min(100 * value, 99.9):.1f} %" if value < 1 else "100 %"


@register.filter
def signed(weight: object) -> str:
    """``3.5`` as ``+3.5``."""
    return f"{float(str(weight)):+.1f}".replace("-", "−")


@register.filter
def with_columns(cells: Iterable[str], columns: Iterable[str]) -> list[tuple[str, str]]:
    """Each cell with the name of its column: ``{% for column, cell in row.cells|with_columns:held.columns %}``."""
    return list(zip(columns, cells, strict=True))
