"""Verbs of the intake: hand rows in, ask the worker to act on the pool, stop and resume interfaces."""

from steelyard.web.intake.actions.alarms import raise_alarms
from steelyard.web.intake.actions.handing_in import (
    MAX_BYTES,
    KeyTaken,
    NotUnderstood,
    Pressed,
    TooMany,
    WrongFile,
    inbox_folder,
    push,
    require_steward,
    upload,
)
from steelyard.web.intake.actions.orders import (
    correct,
    fetch_now,
    finish,
    replay,
)
from steelyard.web.intake.actions.pausing import pause, resume
from steelyard.web.intake.actions.withdrawals import (
    NotAsked,
    approve_withdrawal,
    ask_withdrawal,
    decline_withdrawal,
)

__all__ = [
    "MAX_BYTES",
    "KeyTaken",
    "NotAsked",
    "NotUnderstood",
    "Pressed",
    "TooMany",
    "WrongFile",
    "approve_withdrawal",
    "ask_withdrawal",
    "correct",
    "decline_withdrawal",
    "fetch_now",
    "finish",
    "inbox_folder",
    "pause",
    "push",
    "raise_alarms",
    "replay",
    "require_steward",
    "resume",
    "upload",
]
