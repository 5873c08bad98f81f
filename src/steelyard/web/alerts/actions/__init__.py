"""Verbs of alerts."""

from steelyard.web.alerts.actions.notes import flag_model
from steelyard.web.alerts.actions.pull import PullReport, pull, take_moves, take_over
from steelyard.web.alerts.actions.release import discard_held, release_held
from steelyard.web.alerts.actions.replay import ask_replay, note_replay
from steelyard.web.alerts.actions.views import forget_view, save_view
from steelyard.web.alerts.actions.withdrawn import note_withdrawn, resting_alerts

__all__ = [
    "PullReport",
    "ask_replay",
    "discard_held",
    "flag_model",
    "forget_view",
    "note_replay",
    "note_withdrawn",
    "pull",
    "release_held",
    "resting_alerts",
    "save_view",
    "take_moves",
    "take_over",
]
