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
from steelyard.web.orgs.actions.kinship import renew_kin, users_to_keep_away
from steelyard.web.orgs.actions.reveal import PURPOSES, reveal
from steelyard.web.orgs.actions.sync import sync_from_pool
from steelyard.web.orgs.actions.tokens import issue_token

__all__ = [
    "PURPOSES",
    "change_posts",
    "create_account",
    "disable",
    "enable",
    "issue_token",
    "renew_kin",
    "reset_second_factor",
    "reveal",
    "seed_cast",
    "seed_duty",
    "sync_from_pool",
    "users_to_keep_away",
]
