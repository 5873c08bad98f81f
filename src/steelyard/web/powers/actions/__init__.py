"""Verbs of the village's powers."""

from steelyard.web.powers.actions.gates import Missing, request_payment, sign_contract
from steelyard.web.powers.actions.lease import NewLease, start_lease
from steelyard.web.powers.actions.outbox import hand_over
from steelyard.web.powers.actions.steps import StepGiven, take_step

__all__ = [
    "Missing",
    "NewLease",
    "StepGiven",
    "hand_over",
    "request_payment",
    "sign_contract",
    "start_lease",
    "take_step",
]
