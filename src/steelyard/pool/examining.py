"""What is wrong with rows by their structure and types alone: no keys are given, nothing is landed."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from steelyard.contracts import Contract, checks
from steelyard.engines.duck import Duck
from steelyard.engines.kept import KeptEngines
from steelyard.kit.sqltext import quoted
from steelyard.pool.conform import SHOWN_CHARACTERS, Flaw
from steelyard.pool.covering import Cover
from steelyard.pool.mapping import mapped
from steelyard.sources import Feed, Interface, TextFile, read_file, tidy_in_all

ENGINES = KeptEngines(memory_mb=256)
MOST_PROBLEMS = 1_000


def examine(contracts: Mapping[str, Contract], interface: Interface, path: Path) -> list[dict[str, object]]:
    """Problems of one file, at most 1,000: ``row, dataset, column, rule, value`` (covered) and ``reason``.

    Structure, types, required fields and vocabularies are looked at; keys, checks over several columns and
    what the pool knows already are the landing's.  Raises FileRefused.
    """
    with tempfile.TemporaryDirectory() as folder:
        texts = read_file(path, interface, Path(folder), 0)
        found = [Flaw(line.file, line.row, line.rule, reason=line.reason) for text in texts for line in text.broken]
        told = [_told(interface.feeds[0].dataset, flaw, None) for flaw in found]
        with ENGINES.lent() as duck:
            for feed in interface.feeds:
                contract = contracts[feed.dataset]
                cover = Cover.of(contract, feed)
                told += [_told(feed.dataset, flaw, cover) for flaw in _flaws(duck, contract, feed, texts)]
    return sorted(told, key=lambda one: (one["row"], str(one["column"])))[:MOST_PROBLEMS]


def _told(dataset: str, flaw: Flaw, cover: Cover | None) -> dict[str, object]:
    return {
        "row": flaw.row, "dataset": dataset, "column": flaw.column, "rule": flaw.rule,
        "value": cover.value(flaw) if cover else None, "reason": flaw.reason,
    }  # fmt: skip


def _flaws(duck: Duck, contract: Contract, feed: Feed, read: Sequence[TextFile]) -> list[Flaw]:
    parts = [str(part) for text in read for part in text.parts]
    if not parts:
        return []
    columns = {column for text in read for column in text.columns}
    text = mapped(contract, feed, parts, columns, tidy=tidy_in_all(read))
    if not duck.execute(f"SELECT 1 FROM ({checks.typing(contract, f'({text})')}) WHERE _bad LIMIT 1").fetchall():
        return []  # nearly always: to ask each rule by itself takes many times longer
    texts, typed = quoted(f"text {contract.dataset}"), quoted(f"typed {contract.dataset}")
    duck.execute(f"CREATE VIEW {texts} AS {text}")
    duck.execute(f"CREATE TABLE {typed} AS {checks.typing(contract, texts)}")
    rules: Sequence[checks.Rule] = checks.text_rules(contract)
    broken = " UNION ALL ".join(
        f"SELECT {number} AS n, y._file, y._row, CAST({rule.value} AS VARCHAR) AS value FROM {typed} y "
        f"JOIN {texts} x ON x._file = y._file AND x._row = y._row AND x._at = y._at WHERE {rule.broken}"
        for number, rule in enumerate(rules)
    )
    found = duck.execute(f"{broken} ORDER BY 2, 3, 1 LIMIT {MOST_PROBLEMS}").fetchall() if rules else []
    return [
        Flaw(file, row, rules[n].id, rules[n].column, value[:SHOWN_CHARACTERS] if value else value)
        for n, file, row, value in found
    ]
