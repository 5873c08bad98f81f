"""`steelyard model list`: every model, in which phase it runs where, and with which text."""

import argparse
from typing import Any

from steelyard import detect
from steelyard.catalogue import SupervisionModel
from steelyard.cli.model.asked import catalogue_of
from steelyard.cli.session import Session, print_json
from steelyard.detect import Releases


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    listed = commands.add_parser("list", help="every model: phases, areas and the text that runs")
    listed.add_argument("--phase", help="only models in this phase somewhere")
    listed.add_argument("--json", action="store_true", help="the same as JSON")
    listed.set_defaults(run=_list)


def _list(given: argparse.Namespace) -> int:
    session = Session.open()
    catalogue = catalogue_of(session)
    with session.database.connect() as connection:
        day = detect.today(connection)
        life = detect.releases_on(connection, day)
    told = [_told(model, life, session) for _, model in sorted(catalogue.models.items())]
    told = [one for one in told if not given.phase or given.phase in {scope["phase"] for scope in one["scopes"]}]
    if given.json:
        print_json({"as_of": day, "models": told})
        return 0
    for one in told:
        where = ", ".join(f"{scope['phase']} {scope['area'] or 'everywhere'}" for scope in one["scopes"]) or "draft"
        other = f" (runs {one['runs']})" if one["runs"] not in (None, one["version"]) else ""
        print(f"{one['model']} {one['version']}{other}: {where}")
    return 0


def _told(model: SupervisionModel, life: Releases, session: Session) -> dict[str, Any]:
    runs = life.runs(model.id)
    scopes = [
        {"phase": one.phase, "area": one.area, "version": one.version, "since": one.since, "until": one.until}
        for one in life.scopes(model.id)
    ]
    return {
        "model": model.id, "version": model.version, "sha256": model.sha256,
        "own": model.path.is_relative_to(session.home.models), "runs": runs.version if runs else None,
        "same_text": runs is None or runs.sha256 == model.sha256,
        "scopes": scopes or [{"phase": "draft", "area": "", "version": model.version, "since": None, "until": None}],
    }  # fmt: skip
