"""`steelyard identity related`: who is related to an official, by which path, and how sure."""

import argparse
import dataclasses
import getpass
import sys
from collections.abc import Callable, Iterable

from steelyard import identity
from steelyard.cli.asking import at_least_one, day
from steelyard.cli.opening import opened
from steelyard.cli.pool.lineage import PurposeMissing
from steelyard.cli.session import Session, print_json
from steelyard.engines.postgres import Role
from steelyard.identity import ties
from steelyard.identity.ties import Hub, RelatedParty, Relations, Tie


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    related = commands.add_parser("related", help="related parties of an official: path in words, tiers, sources")
    related.add_argument("official", help="key or number of the official")
    related.add_argument("--as-of", type=day, metavar="DATE", help="only paths in force on this day")
    related.add_argument("--hops", type=_hops, default=ties.HOPS, help="most steps of a path (default 3)")
    related.add_argument("--limit", type=at_least_one, default=100, help="most paths listed (default 100)")
    related.add_argument("--language", choices=("zh", "en"), default="zh", help="language of the paths (default zh)")
    related.add_argument("--reveal", action="store_true", help="show names uncovered; needs --purpose")
    related.add_argument("--purpose", default="", help="why it must be seen")
    related.add_argument("--json", action="store_true", help="the same as JSON")
    related.set_defaults(run=_related)


def _hops(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= ties.MOST_HOPS:
        raise argparse.ArgumentTypeError(f"{text} is no number of steps: 1 to {ties.MOST_HOPS}")
    return int(text)


def _related(given: argparse.Namespace) -> int:
    if given.reveal and not given.purpose.strip():
        raise PurposeMissing
    session = Session.open()
    with ties.current(session.home) as kept:
        found = kept.related(_key(session, given.official), given.as_of, given.hops)
    listed = [party for party in found.parties if party.hops][: given.limit]
    if given.reveal:
        _note(listed, given.purpose)
    name = _namer(session, found, given.reveal)
    if given.json:
        print_json(_as_json(found, listed, name))
    else:
        _print(found, listed, name, given.language)
    if not found.parties:
        print(f"nothing is known of {given.official}: no key or number in the ties", file=sys.stderr)
    return 0 if found.parties else 1


def _key(session: Session, what: str) -> str:
    with session.database.connect(Role.WORKER) as connection:
        return identity.key_of(connection, what) or what


def _note(listed: Iterable[RelatedParty], purpose: str) -> None:
    """Written before anything is shown: a look nobody wrote down must not happen."""
    pool, _ = opened()
    places = {(tie.delivery, tie.row, tie.file) for party in listed for step in party.steps for tie in step.ties}
    for delivery, row, file in sorted(places):
        pool.note_look(delivery, row, file, who=getpass.getuser(), purpose=purpose)


def _namer(session: Session, found: Relations, reveal: bool) -> Callable[[str], str]:
    """Names for nodes: people are covered unless revealed; what has no name goes by its key."""
    nodes = {found.official_id, *(hub.node for hub in found.cuts)}
    nodes |= {node for party in found.parties for step in party.steps for node in (step.start, step.end)}
    with session.database.connect(Role.READER) as connection:
        known = identity.names(connection, nodes)

    def name(node: str) -> str:
        one = known.get(node)
        if one is None or not one.name:
            return node
        return one.name if reveal or one.kind != "person" else one.name[0] + "*" * (len(one.name) - 1)

    return name


def _print(found: Relations, listed: list[RelatedParty], name: Callable[[str], str], language: str) -> None:
    for party in listed:
        flag = ("（线索）" if language == "zh" else " (a hint)") if party.weak else ""
        print(f"{ties.in_words(party.steps, name, language)}{flag}")
        period = ties.period_words(party.from_date, party.to_date, language)
        sources = ", ".join(dict.fromkeys(_source(tie) for step in party.steps for tie in step.ties))
        print(f"    {party.min_tier}  {party.strength:.3f}  {period}  {sources}")
    for cut in found.cuts:
        kind = ties.KINDS[cut.kind]
        if language == "zh":
            print(f"到此为止：{name(cut.node)}，{kind.zh}关系 {cut.count} 个，不再由此追溯")
        else:
            print(f"cut at {name(cut.node)}: {cut.count} ties of kind {kind.en}; not followed further")


def _source(tie: Tie) -> str:
    return f"{tie.dataset} {tie.delivery[:8]} {tie.file}:{tie.row}"


def _as_json(found: Relations, listed: list[RelatedParty], name: Callable[[str], str]) -> dict[str, object]:
    return {
        "official_id": found.official_id,
        "as_of": found.as_of,
        "count": sum(1 for party in found.parties if party.hops),
        "parties": [
            {
                **dataclasses.asdict(party),
                "name": name(party.party_id),
                "words": {language: ties.in_words(party.steps, name, language) for language in ("zh", "en")},
            }
            for party in listed
        ],
        "cuts": [_cut(cut, name) for cut in found.cuts],
    }


def _cut(cut: Hub, name: Callable[[str], str]) -> dict[str, object]:
    return {**dataclasses.asdict(cut), "name": name(cut.node)}
