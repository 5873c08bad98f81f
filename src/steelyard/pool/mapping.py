"""From the columns of a file to the raw fields of a contract, still as text."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from steelyard.contracts import Contract, Vocabulary
from steelyard.contracts.checks import must_be_there, raw_fields, text_name
from steelyard.kit.sqltext import literal, quoted
from steelyard.sources import BLANKS, Feed, Interface, Source


def parquet(files: Sequence[str]) -> str:
    """A table function over text Parquet files of one delivery, with the place of a row as ``file_row_number``."""
    listed = ", ".join(literal(file) for file in files)
    return f"read_parquet([{listed}], union_by_name = true, file_row_number = true)"


def mapped(
    contract: Contract, feed: Feed, files: Sequence[str], present: set[str],
    more: Mapping[str, str] | None = None, rows: str | None = None, tidy: Collection[str] = (),
) -> str:  # fmt: skip
    """SELECT of ``_file``, ``_row``, ``_at`` and a text column for every raw field of the contract.

    A line may hold several rows of a dataset (the bids of a tender); ``_at`` tells them apart.

    ``present``: columns the files have; a field without one is null.  A feed without columns (OCDS) is
    delivered under the contract's own field names.

    ``more``: further fields by name and column of the file.  ``rows``: a relation to read instead of the files.
    ``tidy``: columns of the files no value of which is empty or has blanks around it.
    """
    columns = [
        f"{_text(Source((column,)), present, tidy)} AS {text_name(name)}" for name, column in (more or {}).items()
    ]
    for field in raw_fields(contract):
        source = feed.columns.get(field, Source((field,)) if not feed.columns else None)
        columns.append(f"{_text(_worded(contract, field, source), present, tidy)} AS {text_name(field)}")
    listed = ", ".join(["_file", "_row", "file_row_number AS _at", *columns])
    own = condition(feed, present)
    return f"SELECT {listed} FROM {rows or parquet(files)}{f' WHERE {own}' if own else ''}"


def condition(feed: Feed, present: set[str]) -> str:
    """SQL, true where a row belongs to the feed; empty where every row does."""
    if not feed.only_column or feed.only_column not in present:
        return ""
    values = ", ".join(literal(value) for value in feed.only_values)
    return f"{_trimmed(feed.only_column)} IN ({values})"


def _trimmed(column: str) -> str:
    """SQL of the text without blanks around it, null where nothing else stands there.

    Trimming a set of characters costs ten times a comparison; most values have no blank at either end.
    """
    text, blanks = quoted(column), ", ".join(literal(blank) for blank in BLANKS)
    # All blanks of one byte, and the empty text, come before the first visible character.
    begins = " OR ".join([f"{text} < '!'", *(f"prefix({text}, {literal(b)})" for b in BLANKS if b > "~")])
    return (
        f"CASE WHEN {begins} OR {text}[-1] IN ({blanks}) "
        f"THEN nullif(trim({text}, {literal(BLANKS)}), '') ELSE {text} END"
    )


def _terms(contract: Contract, field: str) -> Vocabulary | None:
    """The vocabulary of the column that a raw field fills."""
    return next((one.terms for one in contract.columns.values() if one.raw == (field,)), None)


def _worded(contract: Contract, field: str, source: Source | None) -> Source | None:
    """The source with the department's words for the column's vocabulary as its map, where it asks for them."""
    if source is None or not source.words_of:
        return source
    terms = _terms(contract, field)
    return replace(source, map=terms.readings(source.words_of)) if terms else source


def _text(source: Source | None, present: set[str], tidy: Collection[str]) -> str:
    if source is None:
        return "CAST(NULL AS VARCHAR)"
    if source.value is not None:
        return literal(source.value)
    if not set(source.columns) <= present:
        return "CAST(NULL AS VARCHAR)"
    text = f" || {literal(source.join)} || ".join(
        quoted(column) if column in tidy else _trimmed(column) for column in source.columns
    )
    if source.map:
        cases = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in source.map.items())
        text = f"CASE {text} {cases} ELSE {text} END"
    # What cannot be converted stays as it came, so that the contract's check shows the delivered value.
    if source.times is not None:
        times = f"CAST({literal(str(source.times))} AS DECIMAL(12,4))"
        text = f"coalesce(CAST(TRY_CAST({text} AS DECIMAL(24,6)) * {times} AS VARCHAR), {text})"
    if source.format:
        text = f"coalesce(CAST(try_strptime({text}, {literal(source.format)}) AS VARCHAR), {text})"
    return text


def complaints(contracts: Mapping[str, Contract], interfaces: Mapping[str, Interface]) -> list[str]:
    """What interfaces say that contracts do not know: datasets, target columns, required columns nobody maps."""
    found: list[str] = []
    for interface in interfaces.values():
        for feed in interface.feeds:
            contract = contracts.get(feed.dataset)
            place = f"{interface.path or interface.id}: {feed.dataset}"
            if contract is None:
                found.append(f"{place}: has no contract")
                continue
            if not feed.columns:
                continue
            strange = set(feed.columns) - set(raw_fields(contract))
            found += [f"{place}: {target} is no field of the contract" for target in sorted(strange)]
            found += [
                f"{place}: {target} says map: vocabulary, and its column has none"
                for target, source in feed.columns.items()
                if source.words_of and _terms(contract, target) is None
            ]
            found += [
                f"{place}: {column.raw[0]} is required and not mapped"
                for column in contract.columns.values()
                if must_be_there(contract, column) and column.raw[0] not in feed.columns
            ]
    return found
