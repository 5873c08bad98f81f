"""Verbs of alerts."""

from steelyard.web.alerts.actions.notes import flag_model
from steelyard.web.alerts.actions.pull import PullReport, pull, take_over
from steelyard.web.alerts.actions.release import discard_held, release_held
from steelyard.web.alerts.actions.views import forget_view, save_view

__all__ = [
    "PullReport",
    "discard_held",
    "flag_model",
    "forget_view",
    "pull",
    "release_held",
    "save_view",
    "take_over",
]
