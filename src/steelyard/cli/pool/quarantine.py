"""`steelyard pool quarantine`: bad rows listed, exported, and sent back to their department."""

import argparse
import dataclasses
import sys
from pathlib import Path

from steelyard.cli.asking import at_least_one, known
from steelyard.cli.opening import opened
from steelyard.cli.session import print_json
from steelyard.pool import Quarantined, spreadsheet

STATES = ("open", "replayed", "resolved", "all")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    nouns = commands.add_parser("quarantine", help="rows that were not let in").add_subparsers(required=True)
    listed = nouns.add_parser("list", help="bad rows with rule, column, value, file and line; persons are covered")
    _filters(listed)
    listed.add_argument("--limit", type=at_least_one, default=50, help="most rules listed (default: 50)")
    listed.add_argument("--json", action="store_true", help="the same as JSON")
    listed.set_defaults(run=_list)
    export = nouns.add_parser("export", help="the same as a file, all of them")
    _filters(export)
    export.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="form of the file (default: csv)")
    _out(export)
    export.set_defaults(run=_export)
    back = nouns.add_parser("send-back", help="a department's open rows in its own columns, with what is wrong")
    back.add_argument("interface", help="id of the interface")
    back.add_argument("--delivery", help="of this delivery alone")
    back.add_argument("--own", action="store_true", help="uncovered: the file goes to the department they came from")
    _out(back)
    back.set_defaults(run=_send_back)


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", help="of this dataset")
    parser.add_argument("--delivery", help="of this delivery")
    parser.add_argument("--interface", help="of this interface")
    parser.add_argument("--rule", help="that break this rule")
    parser.add_argument("--state", choices=STATES, default="open", help="how they ended (default: open)")


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument("--json", action="store_true", help="what was written, as JSON")


def _found(given: argparse.Namespace, limit: int | None) -> list[Quarantined]:
    pool, _ = opened()
    if given.dataset:
        known(pool, given.dataset)
    return pool.quarantine_rows(
        dataset=given.dataset, delivery=given.delivery, interface=given.interface, rule=given.rule,
        state=None if given.state == "all" else given.state, limit=limit,
    )  # fmt: skip


def _list(given: argparse.Namespace) -> int:
    # One more than is shown: whoever reads the list must learn that it goes on.
    found = _found(given, given.limit + 1)
    more, found = len(found) > given.limit, found[: given.limit]
    if given.json:
        print_json({"count": len(found), "more": more, "rows": [dataclasses.asdict(row) for row in found]})
        return 0
    for row in found:
        value = "" if row.value is None else f" = {row.value}"
        print(f"{row.id} {row.dataset} {row.file}:{row.row} {row.rule} {row.column}{value} [{row.state}]")
    if more:
        print(f"the first {len(found)} only: --limit shows more, `quarantine export` writes all", file=sys.stderr)
    if not found:
        print(f"no broken rules ({given.state}) that match", file=sys.stderr)
    return 0


def _export(given: argparse.Namespace) -> int:
    found = _found(given, None)
    text = spreadsheet.as_csv(found) if given.format == "csv" else spreadsheet.as_lines(found)
    return _written(given, text, len(found))


def _send_back(given: argparse.Namespace) -> int:
    pool, _ = opened()
    text = pool.send_back(given.interface, delivery=given.delivery, own=given.own)
    return _written(given, text, text.count("\r\n") - 1)


def _written(given: argparse.Namespace, text: str, rows: int) -> int:
    # Spreadsheets take a file for UTF-8 only where it begins with the mark.
    given.out.write_text(text, encoding="utf-8-sig" if given.out.suffix == ".csv" else "utf-8", newline="")
    given.out.chmod(0o600)
    if given.json:
        print_json({"file": str(given.out), "rows": rows})
    else:
        print(f"{given.out}: {rows} rows", file=sys.stderr)
    return 0
