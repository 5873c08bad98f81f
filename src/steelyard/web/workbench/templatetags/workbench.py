"""Counts and times of runs, so that they can be read."""

from django import template

register = template.Library()


@register.filter
def grouped(value: object) -> str:
    """``960,207``; a dash where nothing was counted."""
    return f"{value:,}" if isinstance(value, int) else "—"


@register.filter
def percent(share: object) -> str:
    """``98.2 %`` of 0..1, ``100 %`` of 1 alone; a dash of nothing."""
    if not isinstance(share, int | float):
        return "—"
    # A bound that is 1 but for the arithmetic is 1.
    shown = f"{min(100 * share, 99.9) if share < 1 - 1e-9 else 100:.1f}"
    return f"{shown.removesuffix('.0')}\u00a0%"


@register.filter
def took(milliseconds: object) -> str:
    """``480 ms``, ``1.2 s``; a dash where nothing was timed."""
    if not isinstance(milliseconds, int | float):
        return "—"
    return f"{milliseconds:,.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:,.1f} s"
