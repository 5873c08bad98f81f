"""Make, change and close accounts; each act is on the record and takes effect at the next request."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.orgs import clock
from steelyard.web.orgs.actions.identity import ask_identity
from steelyard.web.orgs.models import Body, Post, User
from steelyard.web.orgs.second_factor import enrol
from steelyard.web.orgs.words import NEED_IDENTITY, Identity, Role

ADMINISTRATORS = {Role.USER_ADMIN, Role.AUDITOR, Role.STEWARD}
"""Kept apart: who grants rights does not check the record, and neither keeps the data."""
REVIEWERS = {Role.REVIEWER, Role.SECOND_REVIEWER}


@dataclass(frozen=True)
class NewAccount:
    """What the administrator hands over, shown once."""

    user: User
    password: str


def _require_admin(by: User | None, body: Body | None) -> None:
    """An administrator of accounts, and only for bodies of his own area; ``by`` None is the installation."""
    if by is None:
        return
    if not by.has_role(Role.USER_ADMIN):
        raise NotAllowed
    if by.body is None or body is None or not body.area.prefix.startswith(by.body.area.prefix):
        raise NotAllowed(_("An administrator keeps the accounts of his own area."))


def _check_roles(roles: Iterable[str], *, by: User | None) -> set[str]:
    wanted = set(roles)
    if wanted - set(Role.values):
        raise NotAllowed(_("There is no such role."))
    if len(wanted & ADMINISTRATORS) > 1:
        raise NotAllowed(_("The three administrators are three different persons."))
    if wanted & ADMINISTRATORS and wanted & NEED_IDENTITY:
        raise NotAllowed(_("Who administers accounts, data or the record works on no cases."))
    if by is not None and Role.HANDLER in wanted and wanted & REVIEWERS:
        raise NotAllowed(_("Who handles cases does not review cases."))
    return wanted


def _settle(user: User, roles: set[str], number: str, *, by: User | None) -> None:
    """Roles on cases rest until it is known who the person is; only the installation may vouch for somebody."""
    if user.is_identified or not roles & NEED_IDENTITY or user.identity == Identity.ASKED:
        return
    if number:
        ask_identity(user, number, by=by)
    elif by is None:
        User.objects.filter(pk=user.pk).update(identity=Identity.ABSENT)
    else:
        raise NotAllowed(_("Roles on cases need the identity number of the person."))


@transaction.atomic
def create_account(
    *, by: User | None, username: str, name: str, name_en: str = "", body: Body | None,
    roles: Iterable[str], subject_key: str = "", password: str | None = None, encoded: str = "", number: str = "",
) -> NewAccount:  # fmt: skip
    """A new account with a first password; the second factor is set up at the first log-in.

    ``by`` None: the installation itself (set-up, demonstration).  ``encoded``: the password's hash, where many
    accounts share one and hashing each would take a minute.  ``number``: the person's identity number, which roles
    on cases need; a job finds out whom it belongs to.
    """
    _require_admin(by, body)
    wanted = _check_roles(roles, by=by)
    first = password or secrets.token_urlsafe(12)
    user = User(username=username, name=name, name_en=name_en, body=body, subject_key=subject_key)
    user.identity = Identity.KNOWN if subject_key else Identity.UNASKED
    if encoded:
        user.password = encoded
    else:
        validate_password(first, user)
        user.set_password(first)
    user.save()
    Post.objects.bulk_create(Post(user=user, role=role) for role in sorted(wanted))
    record.write("account.created", by=by, subject=user, roles=sorted(wanted))
    _settle(user, wanted, number, by=by)
    user.refresh_from_db(fields=["identity"])
    return NewAccount(user, first)


@transaction.atomic
def change_posts(user: User, roles: Iterable[str], *, by: User, number: str = "") -> None:
    """Give and take roles as of today; old posts stay on record with their last day.

    ``number``: the person's identity number, where roles on cases are given to somebody who is not known yet.
    """
    _require_admin(by, user.body)
    if user.pk == by.pk:
        raise NotAllowed(_("Nobody changes his own rights."))
    wanted = _check_roles(roles, by=by)
    _settle(user, wanted, number, by=by)
    held = {post.role: post for post in user.posts.in_force()}
    today = clock.today()
    for role, post in held.items():
        if role in wanted:
            continue
        if post.since == today:
            post.delete()
        else:
            Post.objects.filter(pk=post.pk).update(until=today.fromordinal(today.toordinal() - 1))
    Post.objects.bulk_create(Post(user=user, role=role) for role in sorted(wanted - set(held)))
    record.write("account.posts", by=by, subject=user, roles=sorted(wanted))


@transaction.atomic
def disable(user: User, *, by: User) -> None:
    """Close an account; a session that is open dies at its next request."""
    _require_admin(by, user.body)
    if user.pk == by.pk:
        raise NotAllowed(_("Nobody closes his own account."))
    User.objects.filter(pk=user.pk).update(is_active=False)
    record.write("account.disabled", by=by, subject=user)


@transaction.atomic
def enable(user: User, *, by: User) -> None:
    """Open a closed account again."""
    _require_admin(by, user.body)
    User.objects.filter(pk=user.pk).update(is_active=True)
    record.write("account.enabled", by=by, subject=user)


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None, secret: bytes | None = None) -> None:
    """Take a lost phone away: the next log-in sets up a new one.  ``secret``: give this one instead."""

    _require_admin(by, user.body)
    if by is not None and user.pk == by.pk:
        raise NotAllowed(_("Nobody takes away his own second factor."))
    if secret is None:
        Authenticator.objects.filter(user=user).delete()
    else:
        enrol(user, secret)
    record.write("account.second_factor_reset", by=by, subject=user)
