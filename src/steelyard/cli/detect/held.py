"""`steelyard detect held`: what runs did not do unasked, and a person's decision on it."""

import argparse
from dataclasses import asdict

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.cli.session import Session, print_json
from steelyard.cli.two_people import require_analysts
from steelyard.detect import guards
from steelyard.pool import Pool

STATES = {"open": ("held", "releasing"), "all": ("held", "releasing", "released", "discarded", "settled")}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    held = commands.add_parser("held", help="what waits for a person before it is sent or taken back")
    verbs = held.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="what is held, with counts by area and grade")
    listing.add_argument("--all", action="store_true", help="also what was decided or went away")
    listing.add_argument("--json", action="store_true", help="the same as JSON, with a sample")
    listing.set_defaults(run=_list)
    release = verbs.add_parser("release", help="send held findings, or believe what vanished")
    release.add_argument("--area", default="", metavar="DIGITS", help="only findings in areas whose code begins so")
    release.add_argument("--grade", action="append", default=[], metavar="GRADE", help="only this grade; repeatable")
    release.add_argument("--second", default="", metavar="NAME", help="a second analyst, for a large batch")
    release.set_defaults(run=_release)
    discard = verbs.add_parser("discard", help="throw held findings away until the model or its limits change")
    discard.set_defaults(run=_discard)
    for verb in (release, discard):
        verb.add_argument("batch", type=int, metavar="BATCH", help="its number in the list")
        verb.add_argument("--by", required=True, metavar="NAME", help="the analyst who decides")
        verb.add_argument("--reason", required=True, help="why, in a sentence")
        verb.add_argument("--json", action="store_true", help="the batch as JSON")


def _list(given: argparse.Namespace) -> int:
    session = Session.open()
    with session.database.connect() as connection:
        batches = guards.held_batches(connection, states=STATES["all" if given.all else "open"])
    if given.json:
        print_json([asdict(batch) for batch in batches])
        return 0
    for batch in batches:
        print(f"{batch.id} {batch.state} since {batch.held_at:%Y-%m-%d %H:%M}: {batch.why['en']}")
        for area, by_grade in sorted(batch.by_area.items())[:10]:
            print(f"  {area}: " + ", ".join(f"{count} {grade}" for grade, count in sorted(by_grade.items())))
        if batch.asked_by and batch.state == "held":
            print(f"  {batch.asked_by} asked for its release; a second person is needed")
    if not batches:
        print("nothing is held")
    return 0


def _release(given: argparse.Namespace) -> int:
    session = Session.open()
    require_analysts("--by and --second", given.by, given.second)
    with session.database.transaction() as connection:
        batch = guards.release(
            connection, given.batch, by=given.by, second=given.second, reason=given.reason, area=given.area,
            grades=given.grade,
        )  # fmt: skip
    if batch.state == "releasing":
        batch = _send(session, batch)
    _tell(batch, given.json)
    return 0


def _send(session: Session, batch: guards.HeldBatch) -> guards.HeldBatch:
    """A full run of the model takes the released findings over."""
    catalogue = load_catalogue(session.catalogue)
    detect.run(Pool(session.home, session.database, catalogue.contracts), catalogue, session.database,
               models=[batch.model])  # fmt: skip
    with session.database.connect() as connection:
        return guards.held_batches(connection, number=batch.id)[0]


def _discard(given: argparse.Namespace) -> int:
    session = Session.open()
    require_analysts("--by", given.by)
    with session.database.transaction() as connection:
        batch = guards.discard(connection, given.batch, by=given.by, reason=given.reason)
    _tell(batch, given.json)
    return 0


def _tell(batch: guards.HeldBatch, as_json: bool) -> None:
    if as_json:
        print_json(asdict(batch))
        return
    waits = f"; {batch.asked_by} asked, a second person is needed" if batch.state == "held" else ""
    print(f"batch {batch.id} is {batch.state}{waits}")
