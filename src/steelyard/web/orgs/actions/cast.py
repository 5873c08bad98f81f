"""Makes the accounts of the cast, for the demonstration and for tests."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from steelyard.kit import yamlfile
from steelyard.web.orgs.actions.accounts import create_account, reset_second_factor
from steelyard.web.orgs.models import Body, User
from steelyard.web.orgs.words import Identity


def seed_cast(file: Path, *, enterprise_code: str = "", subject_keys: Mapping[str, str] | None = None) -> list[User]:
    """Create every account of the file whose body exists; accounts that stand already are left alone.

    ``subject_keys``: login to the key of the person in the pool.  Returns the accounts of the file.
    """
    given = yamlfile.load(file).data
    known = subject_keys or {}
    encoded = make_password(given["password"])
    return [
        user
        for entry in given["people"]
        if (user := _account(entry, encoded, enterprise_code, known.get(entry["login"], "")))
    ]


def _account(entry: Mapping[str, Any], encoded: str, enterprise_code: str, key: str) -> User | None:
    standing = User.objects.filter(username=entry["login"]).first()
    if standing:
        if key and standing.subject_key != key:
            User.objects.filter(pk=standing.pk).update(subject_key=key, identity=Identity.KNOWN)
        return standing
    body = _body(entry["body"], enterprise_code)
    if body is None:
        return None
    made = create_account(
        by=None, username=entry["login"], name=entry["zh"], name_en=entry["en"], body=body,
        roles=entry["roles"], subject_key=key, encoded=encoded,
    )  # fmt: skip
    give_demonstration_factor(made.user)
    return made.user


def give_demonstration_factor(user: User) -> None:
    """A second factor fixed by the login, so that the demonstration can print a code without keeping a phone."""
    secret = hashlib.sha256(f"steelyard demonstration {user.username}".encode()).digest()[:20]
    reset_second_factor(user, by=None, secret=secret)


def _body(wanted: Mapping[str, Any], enterprise_code: str) -> Body | None:
    if wanted.get("enterprise"):
        return Body.objects.filter(code=enterprise_code).first()
    return Body.objects.filter(org_type=wanted["type"], area_id=wanted["area"]).first()
