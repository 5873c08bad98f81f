"""Verbs of cases."""

from steelyard.web.cases.actions.act import Conflict, Incomplete, NoSuchCase, NoVersion, WrongState, act
from steelyard.web.cases.actions.answers import BadAnswer, answer, close_lapsed_sheets, take_answers
from steelyard.web.cases.actions.approvals import ask_signature, decide, may_decide
from steelyard.web.cases.actions.clockwork import mark_lateness
from steelyard.web.cases.actions.files import attach_files
from steelyard.web.cases.actions.ledger import take_back
from steelyard.web.cases.actions.opening import (
    follow_data,
    follow_grades,
    lapse,
    open_cases,
    reroute,
    resume,
)
from steelyard.web.cases.releases import WorkflowRefused, release_workflow

__all__ = [
    "BadAnswer",
    "Conflict",
    "Incomplete",
    "NoSuchCase",
    "NoVersion",
    "WorkflowRefused",
    "WrongState",
    "act",
    "answer",
    "ask_signature",
    "attach_files",
    "close_lapsed_sheets",
    "decide",
    "follow_data",
    "follow_grades",
    "lapse",
    "mark_lateness",
    "may_decide",
    "open_cases",
    "release_workflow",
    "reroute",
    "resume",
    "take_answers",
    "take_back",
]
