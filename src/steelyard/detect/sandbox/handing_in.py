"""Hands a draft in: whole by the lint, its cases green, then laid beside the catalogue; it runs nowhere yet."""

import datetime as dt
from pathlib import Path
from typing import Any

import psycopg

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.reader import read_model
from steelyard.detect import deciding, importing
from steelyard.detect.sandbox.asking import ask
from steelyard.detect.sandbox.draft import Draft
from steelyard.detect.sandbox.limits import Limits
from steelyard.detect.sandbox.refusal import Refusal

LIMITS = Limits(wall_seconds=60, cpu_seconds=60)


def hand_in(
    connection: psycopg.Connection[Any],
    catalogue: Catalogue,
    own: Path,
    draft: Draft,
    folder: Path,
    *,
    by: str,
    day: dt.date,
    reason: str,
) -> SupervisionModel:
    """The model as it now stands below ``own``, drafted by its author.  ``folder``: an empty one, beside ``own``.

    ``connection``: in a transaction.  Raises Refusal, IdTaken, TextChanged.
    """
    place = draft.write(folder)
    named = {"sql": draft.sql, "model": str(place.relative_to(folder))}
    complaints = ask(catalogue.root, "check", folder, LIMITS, **named).said["complaints"]
    if complaints:
        first = complaints[0]
        message = f"{len(complaints)} complaints; the first, in {first['file']}: {first['message']}"
        raise Refusal(first["rule"], message, first["line"])
    ran = ask(catalogue.root, "cases", folder, LIMITS, **named).said
    if ran["failed"]:
        first = ran["failed"][0]
        raise Refusal("cases", f"{len(ran['failed'])} of {ran['cases']} cases fail: {first['case']}", first["line"])
    # Only now, after all of it was read within the walls.
    model = read_model(place)
    here = catalogue.models.get(model.id)
    if here is not None and here.sha256 == model.sha256:
        raise Refusal("handed-in", f"{model.id} {model.version} was handed in already")
    importing.id_is_free(catalogue, model)
    deciding.draft(connection, model, by=by, reason=reason or "handed in from the workbench", day=day)
    importing.put(place, own / model.id)
    return read_model(own / model.id)
