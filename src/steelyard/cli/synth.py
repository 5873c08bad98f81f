"""`steelyard synth`: make a county, score what was found in it, and let its departments answer."""

import argparse
import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

from steelyard import detect, identity, synth
from steelyard.catalogue import load_catalogue
from steelyard.cli import departments, make_province, scoring
from steelyard.cli.session import Session, print_json
from steelyard.engines.postgres import Role
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home
from steelyard.pool import Pool

SHOWN = 40
HELD = """
SELECT p.dataset, p.column_name, p.file, p.row, r.key FROM engine.record_place p
LEFT JOIN engine.resolution r ON r.record = p.record AND r.until IS NULL
UNION ALL
SELECT s.dataset, s.column_name, s.file, s.row, r.key FROM engine.source_record s
LEFT JOIN engine.resolution r ON r.record = s.id AND r.until IS NULL
WHERE NOT EXISTS (SELECT 1 FROM engine.record_place p WHERE p.record = s.id)
"""
"""Where records stand, or were held back, and whom they are held to be."""


class TruthMissing(SteelyardError):
    """There is no truth to score against; name it with --truth."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("synth", help="make a made-up county; `synth score` compares findings with its truth")
    parser.add_argument("--scale", choices=["county", *synth.SCALES], default="county", help="how large")
    parser.add_argument("--seed", type=int, default=1, help="the same seed and day give the same county")
    parser.add_argument("--until", type=dt.date.fromisoformat, help="last day anything is known of; default yesterday")
    parser.add_argument("--out", type=Path, help="folder for inbox, truth, cast and manifest; default the home folder")
    parser.add_argument("--home", type=Path, help="home folder of a city or province, whose pool it is made in")
    parser.add_argument("--json", action="store_true", help="the manifest as JSON")
    parser.set_defaults(run=make)
    below = parser.add_subparsers(dest="what", metavar="COMMAND")
    judged = below.add_parser("score", help="recall and precision of the findings of the made-up county")
    judged.add_argument(
        "--truth", type=Path, help="truth.json of the county; default the demonstration's, else the home folder's"
    )
    judged.add_argument(
        "--scale", choices=["county", *synth.SCALES], default=argparse.SUPPRESS, help="of what was made"
    )
    judged.add_argument(
        "--seed", type=int, dest="fresh", metavar="SEED",
        help="make a fresh city or province in the home folder, look at it, and score that",
    )  # fmt: skip
    judged.add_argument("--home", type=Path, default=argparse.SUPPRESS, help="home folder of the city or province")
    judged.add_argument(
        "--keep-in", type=Path, metavar="HOME", help="keep the figures in this home as well, for its site to show"
    )
    judged.add_argument("--details", action="store_true", help="also list what was missed and what was found besides")
    judged.add_argument("--json", action="store_true", help="figures as JSON")
    judged.set_defaults(run=score)
    departments.add_below(below)


def make(given: argparse.Namespace) -> int:
    """Write the county's files, or make a city or province in the pool."""
    if given.scale != "county":
        return make_province.make(given)
    until = given.until or dt.date.today() - dt.timedelta(days=1)
    out = given.out or Home.from_environment().make().root
    manifest = synth.write_county(catalogue_folder(), given.seed, until, out)
    told = manifest.told()
    if given.json:
        print_json(told)
    else:
        print(f"{len(manifest.files)} files with {manifest.rows} rows below {out}; county {manifest.hash[:16]}")
    return 0


def score(given: argparse.Namespace) -> int:
    """Join the truth's numbers with the keys of identity, compare with the findings, and keep the figures."""
    if given.home:
        os.environ["STEELYARD_HOME"] = str(given.home)
    other = [scoring.home_named(given.keep_in)] if given.keep_in else []
    session = Session.open()
    if given.fresh is not None:
        _make_fresh(session, given)
    truth = json.loads(_truth(given.truth, session.home).read_text(encoding="utf-8"))
    wrongs, mentions, which = truth["wrongs"], truth["mentions"], scoring.world(truth, given.scale)
    connection = session.database.connect(Role.OWNER)
    try:
        keys = identity.keys_of(connection, [*synth.numbers_in(wrongs), *synth.numbers_meant(mentions)])
        judged = scoring.judged(connection, wrongs, keys)
        figures = judged.told(which["villages"])
        files = scoring.keep(connection, session.catalogue, [session.home, *other], which, figures)
        held = [synth.Held((*place, int(line)), key) for *place, line, key in connection.execute(HELD)]
    finally:
        connection.close()
    told: dict[str, Any] = which | figures | {"identity": synth.score_mentions(mentions, keys, held)}
    told |= {"kept": [str(file) for file in files]}
    if given.details:
        told |= {"missed": list(judged.missed)[:SHOWN], "surplus": list(judged.surplus)[:SHOWN]}
    if given.json:
        print_json(told)
        return 0
    for model, tally in told["by_model"].items():
        print(f"{model:60} {tally['planted']:4} planted {tally['found']:4} found {tally['raised']:4} raised")
    print(
        f"recall {told['recall']}  precision {told['precision']}, red {told['red_precision']}, "
        f"yellow {told['yellow_precision']}  alerts per 1,000 villages {told['alerts_per_1000_villages']}"
    )
    linked = told["identity"]
    for tier, ends in (*linked["by_tier"].items(), ("all", linked)):
        print(f"who is who, {tier:47} " + "  ".join(f"{ends[end]:3} {end}" for end in synth.ENDS))
    print(f"recall {linked['recall']}  precision {linked['precision']}")
    print(f"kept for the site's page of scores: {', '.join(told['kept'])}")
    return 0


def _make_fresh(session: Session, given: argparse.Namespace) -> None:
    """Make a city or province in an empty home and look at it once.  Raises SteelyardError, PoolNotEmpty."""
    if given.scale == "county":
        raise SteelyardError("a county is scored where its files were landed: steelyard demo --once --seed N")
    make_province.made_in(session, given.scale, given.fresh, given.until, quiet=given.json)
    catalogue = load_catalogue(session.catalogue)
    detect.run(Pool(session.home, session.database, catalogue.contracts), catalogue, session.database)


def _truth(named: Path | None, home: Home) -> Path:
    """The truth that was named, else that of the demonstration, else that of `steelyard synth` in the home folder."""
    places = [named] if named else [home.root / "demo" / "county" / "truth.json", home.root / "truth.json"]
    for place in places:
        if place.is_file():
            return place
    raise TruthMissing(f"there is no {places[-1]}; `steelyard synth` writes it, --truth names another")
