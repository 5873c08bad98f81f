"""Carries what reviewers said to the engine, and lets exactly the touched models look again."""

from collections.abc import Collection, Mapping
from typing import Any

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _

from steelyard import detect, identity
from steelyard.catalogue import load_catalogue
from steelyard.engines.postgres import Role
from steelyard.identity import Judgement
from steelyard.kit.errors import SteelyardError
from steelyard.web.orgs.engine_link import database_of_pages
from steelyard.web.subjects import judging, reviews
from steelyard.web.subjects.models import Act, Saying, State
from steelyard.web.subjects.pool_link import pool

Connection = psycopg.Connection[Any]
SAYING = "saying"
"""Under this name the evidence shown carries the number of the saying: a job that runs twice judges once."""


def carry(said: Saying) -> bool:
    """Do what was said.  True where somebody is somebody else now, so that findings and ties may have changed."""
    try:
        judgement, keys, datasets = _identified(said)
    except SteelyardError as error:
        judging.finish(said, State.FAILED, message=_told(error))
        return False
    said.judgement = judgement.id
    report = None
    if keys or datasets:
        catalogue = load_catalogue(settings.STEELYARD_CATALOGUE, settings.STEELYARD_HOME.models)
        report = detect.evaluate_touched(pool(Role.WORKER), catalogue, database_of_pages(), keys, datasets)
    counts: Mapping[str, int] = (
        {name: getattr(report, name) for name in ("new", "changed", "vanished", "unchanged")} if report else {}
    )
    judging.finish(
        said, State.DONE,
        result={"waits_for_second": judgement.needs_second and not judgement.second_by, "findings": counts},
    )  # fmt: skip
    return bool(keys or datasets)


def _told(error: SteelyardError) -> str:
    if isinstance(error, identity.Contradiction):
        return _("It goes against what people said before: %(what)s") % {"what": error}
    if isinstance(error, identity.SamePerson):
        return _("Another person must sign.")
    return str(error)


def _identified(said: Saying) -> tuple[Judgement, Collection[str], Collection[str]]:
    with database_of_pages().transaction(Role.WORKER) as connection:
        judgement = _earlier(connection, said) or _say(connection, said)
        keys, datasets = identity.touched(connection, judgement.id)
    return judgement, keys, datasets


def _say(connection: Connection, said: Saying) -> Judgement:
    by = said.by.username
    # Who was found to be a relative since then must not judge either.
    found = reviews.item(said.by, said.item)
    if found is None:
        raise NotTheirs
    if said.act == Act.SECOND:
        return identity.second(connection, int(said.judgement or 0), by)
    if said.act == Act.UNDO:
        return identity.undo(connection, int(said.judgement or 0), said.reason, by)
    a, b = found.nodes
    two = said.verdict == "same" and (
        identity.needs_second(connection, a, b) or detect.could_turn_red(connection, keys_of(connection, [a, b]))
    )
    shown = dict(said.seen) | {SAYING: said.pk}

    def judge(second_needed: bool) -> Judgement:
        return identity.judge(connection, a, b, said.verdict, said.reason, shown, by, second_needed=second_needed)

    if two or said.verdict != "same":
        return judge(two)
    return detect.judged_with_care(
        pool(Role.WORKER),
        load_catalogue(settings.STEELYARD_CATALOGUE, settings.STEELYARD_HOME.models),
        connection,
        judge,
    )


class NotTheirs(SteelyardError):
    """Whoever said it may not judge this pair."""


def _earlier(connection: Connection, said: Saying) -> Judgement | None:
    """The judgement, where the job was cut off after it was written."""
    found = (
        reviews.exists(said.item)
        and connection.execute(
            "SELECT j.id, j.a, j.b FROM engine.judgement j WHERE "
            "CASE %(act)s WHEN 'judge' THEN (j.shown->>'saying')::bigint = %(pk)s "
            "WHEN 'second' THEN j.id = %(judgement)s AND j.second_by = %(by)s "
            "ELSE j.id = %(judgement)s AND j.undone_by = %(by)s END LIMIT 1",
            {"act": said.act, "pk": said.pk, "judgement": said.judgement, "by": said.by.username},
        ).fetchone()
    )
    if not found:
        return None
    return next(one for one in identity.judgements_of(connection, found[1:]) if one.id == found[0])


def keys_of(connection: Connection, nodes: Collection[str]) -> set[str]:
    """Subjects that nodes stand for or bear the number of."""
    rows = connection.execute(
        "SELECT substr(node, 3) FROM unnest(%(nodes)s::text[]) AS n(node) WHERE node LIKE 's:%%' UNION "
        "SELECT key FROM engine.resolution WHERE until IS NULL AND 'r:' || record::text = ANY(%(nodes)s) UNION "
        "SELECT conflict_key FROM engine.source_record WHERE conflict_key IS NOT NULL "
        "AND 'r:' || id::text = ANY(%(nodes)s)",
        {"nodes": list(nodes)},
    )
    return {row[0] for row in rows}
