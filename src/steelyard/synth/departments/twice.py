"""A second name for a file that is delivered again: one that the interface takes as well."""

import re
from fnmatch import fnmatch
from pathlib import PurePath

from steelyard.sources import Interface


def second_name(name: str, interface: Interface) -> str:
    """The name of the copy; the first form that fits the interface's pattern and still tells its period."""
    stem, dot, ending = name.partition(".")
    forms = [f"{stem}-2{dot}{ending}", f"{stem}2{dot}{ending}", f"2-{name}", f"2{name}"]
    return next((form for form in forms if _fits(form, interface)), forms[0])


def _fits(name: str, interface: Interface) -> bool:
    period = interface.period_from_name
    return fnmatch(name, PurePath(interface.pattern).name) and (not period or re.search(period, name) is not None)
