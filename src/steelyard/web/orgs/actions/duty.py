"""Puts somebody on duty in the bodies of the demonstration that have nobody for a role yet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from steelyard.kit import yamlfile
from steelyard.web.orgs.actions.accounts import create_account
from steelyard.web.orgs.actions.cast import give_demonstration_factor
from steelyard.web.orgs.models import Body, User


def seed_duty(file: Path) -> int:
    """An account for every body of the file's list that lacks one of its roles.  Returns how many were made."""
    given = yamlfile.load(file).data
    encoded = make_password(given["password"])
    return sum(_fill(entry, encoded) for entry in given.get("duty", ()))


def _fill(entry: Mapping[str, Any], encoded: str) -> int:
    made = 0
    for body in _lacking(entry):
        login = f"duty-{entry['type']}-{body.area.prefix}".replace("_", "-").lower()
        if entry["type"] == "soe":
            login += f"-{body.code[-6:].lower()}"
        if User.objects.filter(username=login).exists():
            continue
        account = create_account(
            by=None, username=login, name=f"{body.name}承办岗", name_en=f"{body.name_en}, on duty", body=body,
            roles=entry["roles"], encoded=encoded,
        )  # fmt: skip
        give_demonstration_factor(account.user)
        made += 1
    return made


def _lacking(entry: Mapping[str, Any]) -> "QuerySet[Body]":
    bodies = Body.objects.filter(org_type=entry["type"], level=entry["level"]).select_related("area")
    return bodies.exclude(users__posts__role=entry["roles"][0])
