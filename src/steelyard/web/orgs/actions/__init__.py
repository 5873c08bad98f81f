"""Verbs of accounts and sight."""

from steelyard.web.orgs.actions.accounts import (
    change_posts,
    create_account,
    disable,
    enable,
    reset_second_factor,
)
from steelyard.web.orgs.actions.cast import seed_cast
from steelyard.web.orgs.actions.duty import seed_duty
from steelyard.web.orgs.actions.identity import ask_identity, settle_identity
from steelyard.web.orgs.actions.kinship import renew_kin, users_to_keep_away
from steelyard.web.orgs.actions.reveal import PURPOSES, is_own_case, purposes_of, reveal
from steelyard.web.orgs.actions.sync import sync_from_pool
from steelyard.web.orgs.actions.tokens import issue_token

__all__ = [
    "PURPOSES",
    "ask_identity",
    "change_posts",
    "create_account",
    "disable",
    "enable",
    "is_own_case",
    "issue_token",
    "purposes_of",
    "renew_kin",
    "reset_second_factor",
    "reveal",
    "seed_cast",
    "seed_duty",
    "settle_identity",
    "sync_from_pool",
    "users_to_keep_away",
]
