"""Whom a user must stay away from, found anew from the pool after each landing."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from steelyard.web.orgs.models import Kin, User
from steelyard.web.orgs.signals import kin_renewed


@transaction.atomic
def renew_kin(relatives: Mapping[str, Iterable[str]]) -> int:
    """Store each user's relatives.  ``relatives``: subject key to the keys of relatives that are sure enough.

    Returns how many rows stand, and tells the rooms above, which hide their matters anew.
    Self and head-of-body rows are kept by the same rule.
    """
    rows: list[Kin] = []
    for user in User.objects.exclude(subject_key=""):
        rows.append(Kin(user=user, subject_key=user.subject_key, reason="self"))
        near = set(relatives.get(user.subject_key, ())) - {user.subject_key, ""}
        rows += [Kin(user=user, subject_key=key, reason="kin") for key in sorted(near)]
    Kin.objects.all().delete()
    Kin.objects.bulk_create(rows)
    kin_renewed.send(Kin)
    return len(rows)


def users_to_keep_away(subject_keys: Iterable[str]) -> list[int]:
    """Users (ids) from whom a matter about these subjects is hidden."""
    keys = [key for key in subject_keys if key]
    found = Kin.objects.filter(subject_key__in=keys).values_list("user_id", flat=True).distinct()
    return sorted(found)
