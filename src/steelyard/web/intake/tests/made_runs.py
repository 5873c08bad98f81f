"""Runs and incidents as the engine writes them, and stewards of single departments."""

import datetime as dt

from steelyard.engines.postgres import Role
from steelyard.web.intake.pool_link import database_of_pages
from steelyard.web.orgs.models import Body, Post, User


def run(interface, *, state="ok", at=None, **more):
    values = {"interface": interface, "state": state, "started_at": at or now(), "finished_at": at or now()} | more
    return insert("interface_run", values)


def incident(interface, kind, *, opened=None, closed=None, error=""):
    values = {
        "interface": interface, "kind": kind, "opened_at": opened or now(), "closed_at": closed, "first_error": error,
    }  # fmt: skip
    return insert("interface_incident", values)


def insert(table, values):
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    with database_of_pages().transaction(Role.OWNER) as connection:
        row = connection.execute(
            f"INSERT INTO engine.{table} ({names}) VALUES ({places}) RETURNING id", list(values.values())
        )
        return row.fetchone()[0]


def execute(sql, *values):
    with database_of_pages().transaction(Role.OWNER) as connection:
        connection.execute(sql, values)


def now():
    return dt.datetime.now(dt.UTC)


def steward_of(kind, area="339921000000"):
    """A steward who works in a body of a kind, such as the county's agriculture bureau."""
    body = Body.objects.get(org_type=kind, area_id=area)
    user = User.objects.create_user(f"steward-{kind}-{area[4:9]}", name="数据员", body=body)
    Post.objects.create(user=user, role="steward")
    return user


def at_work(steward, kind, area="339921000000"):
    """The same steward in another body."""
    steward.body = Body.objects.get(org_type=kind, area_id=area)
    steward.save(update_fields=["body"])
    return User.objects.get(pk=steward.pk)
