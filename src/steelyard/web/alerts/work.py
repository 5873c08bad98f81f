"""What the room of cases tells about an alert, without this room knowing it: that room registers itself."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from steelyard.web.alerts.models import Alert
from steelyard.web.orgs.models import User


@dataclass(frozen=True)
class Work:
    """The case that works on an alert, as a viewer may know it."""

    no: str
    url: str
    state: str
    next_move: str
    until: dt.datetime | None
    days_left: int | None
    holder: str
    mine: bool


Teller = Callable[[Alert, User], Work | None]
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Called once, when the room of cases is ready."""
    _tellers.append(teller)


def on(alert: Alert, viewer: User) -> Work | None:
    """The work on an alert; None where there is none or it is not the viewer's to see."""
    return next((found for teller in _tellers if (found := teller(alert, viewer))), None)
