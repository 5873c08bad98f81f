"""Who the holder of an account is in the register: given as a number, kept as a key."""

from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs

from steelyard.identity import compatible, keys_of, names
from steelyard.kit.identifiers import normal
from steelyard.web.audit import record
from steelyard.web.orgs import keyring
from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Identity

LOOK_UP = "orgs.settle_identity"
"""The job, asked by name: it calls these verbs."""


def ask_identity(user: User, number: str, *, by: User | None) -> None:
    """Have a job look the number up.  The web role reads no numbers, and the queue holds this one sealed."""
    User.objects.filter(pk=user.pk).update(identity=Identity.ASKED)
    record.write("account.identity_asked", by=by, subject=user)
    job = jobs.configure_task(LOOK_UP, queue="web", lock="orgs.kin", allow_unknown=True)
    job.defer(user_id=user.pk, sealed=keyring.seal(normal(number), place=_place(user.pk)))


@transaction.atomic
def settle_identity(user_id: int, sealed: str) -> Identity:
    """Store who the sealed number is in the register.  Only for a role that may read numbers.

    A number that belongs to somebody of another name settles nothing: the account stays without its matters.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    key = _key_of(keyring.unseal(sealed, place=_place(user_id)), user.name)
    if user.subject_key:
        return Identity.KNOWN
    found = Identity.ABSENT if key is None else Identity.KNOWN if key else Identity.DIFFERS
    User.objects.filter(pk=user_id).update(identity=found, subject_key=key or "")
    record.write("account.identity", by=None, subject=user, identity=str(found))
    return found


def _key_of(number: str, name: str) -> str | None:
    """The key; None where the register does not know the number, empty where it belongs to another name."""
    connection.ensure_connection()
    raw: Any = connection.connection
    key = keys_of(raw, [number]).get(number)
    if key is None:
        return None
    known = names(raw, [key])[key]
    return key if known.kind == "person" and compatible("person", known.name, name) else ""


def _place(user_id: int) -> str:
    return f"orgs_user:identity:{user_id}"
