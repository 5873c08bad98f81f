"""`steelyard model export`, `import` and `trust`: a model as one signed file between deployments."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from steelyard import detect
from steelyard.catalogue import SupervisionModel
from steelyard.cli.model.asked import NotAsked, catalogue_of, model_of, person, started
from steelyard.cli.session import Session, print_json
from steelyard.detect import backtest, bundles, importing
from steelyard.detect.verdicts import Verdicts
from steelyard.engines.postgres import Role
from steelyard.kit.ed25519 import SigningKey

KEY_FILE = "model-signing.key"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    export = commands.add_parser("export", help="a model with its reports as one signed file")
    export.add_argument("model", metavar="MODEL", help="id of the model")
    export.add_argument("-o", "--output", required=True, type=Path, metavar="FILE", help="the file to write")
    export.add_argument("--name", required=True, help="who sends it: the name of this deployment")
    export.set_defaults(run=_export)
    take = commands.add_parser("import", help="take a signed model in; it stands as a draft")
    take.add_argument("file", type=Path, metavar="FILE", help="what export wrote")
    take.add_argument("--by", required=True, help="who brings it: the account of an analyst; never an approver of it")
    take.set_defaults(run=_import)
    trust = commands.add_parser("trust", help="whose bundles are believed; without KEY: the list, and one's own key")
    trust.add_argument("key", nargs="?", metavar="KEY", help="64 digits, as the other deployment tells them")
    trust.add_argument("--name", default="", help="whose key it is")
    trust.add_argument("--by", default="", help="who says so: the account of an analyst")
    trust.add_argument("--approved-by", default="", help="who agrees: another account")
    trust.add_argument("--revoke", action="store_true", help="believe it no longer")
    trust.set_defaults(run=_trust)
    for parser in (export, take, trust):
        parser.add_argument("--json", action="store_true", help="the same as JSON")


def signing_key(session: Session) -> SigningKey:
    """The deployment's own; made the first time."""
    return SigningKey.at(session.home.secrets / KEY_FILE)


def _export(given: argparse.Namespace) -> int:
    session = Session.open()
    started(session)
    from steelyard.web.workbench import figures  # Django must be started first

    catalogue = catalogue_of(session)
    model = model_of(catalogue, given.model)
    verdicts = figures.verdicts(model.id, model.version.rsplit(".", 1)[0])
    with session.database.transaction(Role.WORKER) as connection:
        report = backtest.newest(connection, model.sha256)
        day = detect.today(connection)
    reports: dict[str, Any] = {"precision": _precision(model, verdicts)}
    if report:
        # Keys name persons and firms of this deployment: only counts leave it.
        reports["backtest"] = {name: value for name, value in report[1].items() if name not in _NAMED}
    content = bundles.pack(
        model, catalogue, signing_key(session), came_from=given.name, reports=reports, made_on=day.isoformat()
    )
    given.output.write_bytes(content)
    told = {"model": model.id, "version": model.version, "sha256": model.sha256, "file": str(given.output),
            "bytes": len(content), "key": signing_key(session).public, "reports": sorted(reports)}  # fmt: skip
    if given.json:
        print_json(told)
    else:
        print(f"{model.id} {model.version} → {given.output}; signed with {told['key']}")
    return 0


_NAMED = ("added", "removed", "regraded", "lost")


def _precision(model: SupervisionModel, verdicts: Verdicts) -> dict[str, Any]:
    found: dict[str, Any] = {"version": model.version, "raised": verdicts.raised, "decided": verdicts.decided}
    for grade in verdicts.grades:
        known = verdicts.precision(grade)
        found[grade] = {"true": known.true, "counted": known.counted, "interval": known.interval}
    return found


def _import(given: argparse.Namespace) -> int:
    session = Session.open()
    started(session)
    by = _analyst(given.by)
    if not given.file.is_file():
        raise NotAsked(f"there is no file {given.file}")
    with session.database.transaction(Role.WORKER) as connection:
        trusted = importing.trusted_keys(connection) | {signing_key(session).public: "this deployment"}
        bundle = bundles.unpack(given.file.read_bytes(), trusted)
        found = importing.take_in(
            connection, catalogue_of(session), session.home.models, bundle, by=by, day=detect.today(connection)
        )
    if given.json:
        print_json(asdict(found) | {"reports": dict(bundle.reports)})
    elif found.already:
        print(f"{found.model} {found.version} is here already; nothing changed")
    else:
        print(f"{found.model} {found.version} from {found.came_from}: {found.cases} cases hold; it stands as a draft")
    return 0


def _trust(given: argparse.Namespace) -> int:
    session = Session.open()
    if given.key:
        started(session)
        by, agrees = _analyst(given.by), person(given.approved_by).username
        if by == agrees or not given.name:
            raise NotAsked("a key needs --name, --by and --approved-by: two people")
        with session.database.transaction(Role.WORKER) as connection:
            importing.trust(connection, given.key, name=given.name, by=by, approved_by=agrees, trusted=not given.revoke)
    with session.database.transaction(Role.WORKER) as connection:
        trusted = importing.trusted_keys(connection)
    if given.json:
        print_json({"own": signing_key(session).public, "trusted": trusted})
        return 0
    print(f"own key: {signing_key(session).public}")
    for key, name in trusted.items():
        print(f"{key}  {name}")
    return 0


def _analyst(name: str) -> str:
    """An account that keeps models.  Raises NotAsked, NoAccount."""
    user = person(name) if name else None
    if user is None or not user.has_role("analyst"):
        raise NotAsked("--by names an account of somebody who keeps models: an analyst")
    return str(user.username)
