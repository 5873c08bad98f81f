"""Counts of rows, grouped so that millions can be read."""

from django import template

register = template.Library()


@register.filter
def grouped(value: object) -> str:
    """``960,207``; a dash where nothing was counted."""
    return f"{value:,}" if isinstance(value, int) else "—"
