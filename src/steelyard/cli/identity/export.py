"""`steelyard identity export`: subjects and their ties for one recipient, covered unless two people answer for it."""

import argparse
import dataclasses
import getpass
from pathlib import Path

from steelyard import identity
from steelyard.cli.asking import day
from steelyard.cli.opening import opened, today
from steelyard.cli.session import Session, print_json
from steelyard.cli.two_people import require_openers
from steelyard.engines.postgres import Role
from steelyard.identity import exchange, ties
from steelyard.identity.exchange import Exported, Selection, Terms
from steelyard.kit.errors import SteelyardError


class SubjectUnknown(SteelyardError):
    """Somebody asked for is known by no key and no number."""


class ListUnreadable(SteelyardError):
    """The list of subjects cannot be read."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    export = commands.add_parser("export", help="give subjects and ties to others: FollowTheMoney, BODS 0.4 or CSV")
    what = export.add_mutually_exclusive_group(required=True)
    what.add_argument("--subject", nargs="+", metavar="KEY", help="keys or numbers: they and their neighbourhood")
    what.add_argument("--area", metavar="CODE", help="the officials of an area and their related parties")
    what.add_argument("--listed", type=Path, metavar="FILE", help="a key or number on each line: they alone")
    export.add_argument("--hops", type=int, choices=(1, 2, 3), default=1, help="with --subject: ties far (default 1)")
    export.add_argument("--as-of", type=day, metavar="DATE", help="only ties in force on this day")
    export.add_argument("--format", required=True, choices=sorted(exchange.FORMATS), help="what is written")
    export.add_argument("--recipient", required=True, metavar="NAME", help="for whom; has identifiers of his own")
    export.add_argument("--publisher", default="Steelyard", metavar="NAME", help="who gives it (default Steelyard)")
    export.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="a new or empty folder")
    export.add_argument("--reveal", action="store_true", help="names of people and numbers in full; needs two people")
    export.add_argument("--keys", action="store_true", help="surrogate keys instead of pseudonyms; needs two people")
    export.add_argument("--purpose", default="", help="why; with --reveal or --keys")
    export.add_argument("--by", default="", help="who asks")
    export.add_argument("--approved-by", default="", help="who approves: another person")
    export.add_argument("--json", action="store_true", help="the same as JSON")
    export.set_defaults(run=_export)


def _export(given: argparse.Namespace) -> int:
    terms = Terms(given.recipient, given.publisher, getpass.getuser(), given.reveal, given.keys, given.purpose,
                  given.by, given.approved_by)  # fmt: skip
    terms.check()
    session = Session.open()
    pool, _ = opened()
    with ties.current(session.home) as kept:
        selection = _selection(given, session, kept)
    if given.reveal or given.keys:
        require_openers("--by and --approved-by", given.by, given.approved_by, keys=selection.keys)
    with session.database.transaction(Role.WORKER) as connection:
        made = exchange.export(
            connection, session.home.secrets, selection, given.format, given.out.resolve(), terms, today(pool)
        )
    if given.json:
        print_json(dataclasses.asdict(made))
    else:
        _print(made, given.out)
    return 0


def _selection(given: argparse.Namespace, session: Session, kept: ties.Ties) -> Selection:
    if given.area:
        pool, _ = opened()
        with session.database.connect(Role.READER) as connection:
            overlay = identity.Overlay.read(connection)
        return exchange.related_parties(kept, exchange.officials(pool, overlay, given.area), given.as_of)
    keys = _keys(session, given.subject or _lines(given.listed))
    if given.listed:
        return exchange.among(kept, keys, given.as_of)
    return exchange.neighbourhood(kept, keys, given.hops, given.as_of)


def _lines(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ListUnreadable(f"{file} cannot be read as UTF-8 text: {error}") from error
    return [line.strip() for line in lines if line.strip()]


def _keys(session: Session, asked: list[str]) -> list[str]:
    """Keys of what was asked for.  Raises SubjectUnknown, which repeats no number."""
    with session.database.connect(Role.WORKER) as connection:
        known = identity.names(connection, asked)
        found = identity.keys_of(connection, asked)
    unknown = [place for place, what in enumerate(asked, 1) if what not in known and what not in found]
    if unknown:
        listed = ", ".join(str(place) for place in unknown[:10])
        raise SubjectUnknown(f"known by no key and no number: of those asked for, number {listed}")
    return [what if what in known else found[what] for what in asked]


def _print(made: Exported, out: Path) -> None:
    covered = "covered" if made.masked else "UNCOVERED"
    print(f"{made.subjects} subjects and {made.ties} ties for {made.recipient}, {covered}, in {out}:")
    print(f"  {', '.join(made.files)}; export {made.id}")
    for kind, times in made.left_out.items():
        print(f"  left out, {made.format} has no place for it: {kind}: {times}")
    for why, times in made.cut.items():
        print(f"  not followed: {why}: {times}")
