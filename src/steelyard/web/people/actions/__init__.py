"""Verbs of the villagers' room."""

from steelyard.web.people.actions.desk import (
    accept,
    answer,
    answer_from_case,
    ask,
    conclude,
    hand_over,
    link,
    refuse,
    unlink,
)
from steelyard.web.people.actions.filing import Filed, Report, add_photo, file_report
from steelyard.web.people.actions.publish import publish, publish_from_pool
from steelyard.web.people.actions.reporter import lapse_unrated, rate, send_message, sweep_drafts
from steelyard.web.people.actions.statistics import renew_statistics

__all__ = [
    "Filed",
    "Report",
    "accept",
    "add_photo",
    "answer",
    "answer_from_case",
    "ask",
    "conclude",
    "file_report",
    "hand_over",
    "lapse_unrated",
    "link",
    "publish",
    "publish_from_pool",
    "rate",
    "refuse",
    "renew_statistics",
    "send_message",
    "sweep_drafts",
    "unlink",
]
