"""What the models find in the made-up county and what was planted in it, without departments and files in between.

    python -m bench.county [MODEL ...] [--seed N] [--json]

Numbers stand for keys, so nothing depends on who is who.  Half a minute instead of the five of a demonstration: for
those who change the county's books or a model.
"""

import argparse
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from steelyard.catalogue import Catalogue, load_catalogue
from steelyard.detect.stage import Stage
from steelyard.engines.duck import Duck, DuckError, connect, quoted, rows, spill_folder
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.errors import SteelyardError
from steelyard.synth.build import make_county
from steelyard.synth.county import County
from steelyard.synth.employment import insurance_months
from steelyard.synth.ledger import Columns, Part, Row
from steelyard.synth.score import Found, numbers_in, score

SHOWN = 8


def main() -> None:
    asked = _arguments()
    catalogue = load_catalogue(catalogue_folder())
    county = make_county(asked.seed, asked.until).county
    duck = connect(memory_mb=3_000, spill=spill_folder())
    lay_out(duck, catalogue, county)
    found, broken = look(duck, catalogue, asked.models or sorted(catalogue.models), asked.until)
    wrongs = [one for one in county.truth.wrongs if not asked.models or one["model"] in asked.models]
    judged = score(wrongs, {number: number for number in numbers_in(wrongs)}, found)
    if asked.json:
        print(json.dumps({**judged.told(), "broken": broken, "surplus": list(judged.surplus)}, default=str))
        return
    for model, tally in sorted(judged.by_model.items()):
        print(f"{model:60} planted {tally.expected:5} found {tally.found:6} besides {tally.found - tally.true:6}")
    for title, listed in (("besides", judged.surplus), ("missed", judged.missed)):
        for one in listed[:SHOWN]:
            print(title, one)
    for model, why in broken.items():
        print("broken", model, why)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.county", description=__doc__)
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", type=dt.date.fromisoformat, default=dt.date.today() - dt.timedelta(days=1))
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def lay_out(duck: Duck, catalogue: Catalogue, county: County) -> None:
    """Let every dataset stand under its name, with the last row of each key."""
    for dataset, contract in catalogue.contracts.items():
        parts = [_table(part, catalogue.schema(dataset)) for part in _parts(county, dataset)]
        chosen = ", ".join(
            f"CAST({quoted(name)} AS {kind}) AS {quoted(name)}" for name, kind in contract.schema.items()
        )
        key = ", ".join(quoted(name) for name in contract.key)
        duck.register("given", pa.concat_tables(parts) if parts else _table([], catalogue.schema(dataset)))
        duck.execute(
            f"CREATE TABLE {quoted(dataset)} AS SELECT {chosen} "
            "FROM (SELECT *, row_number() OVER () AS _at FROM given) "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _at DESC) = 1"
        )
        duck.unregister("given")


def look(duck: Duck, catalogue: Catalogue, models: Iterable[str], as_of: dt.date) -> tuple[list[Found], dict[str, str]]:
    """What models find, and which broke."""
    stage = Stage(duck, catalogue)
    stage.put_run(as_of, stage.put_areas(list(catalogue.contracts)))
    chosen = [catalogue.models[name] for name in models]
    for relation in catalogue.relations_needed({name for model in chosen for name in model.data}):
        stage.put_relation(relation)
    found: list[Found] = []
    broken: dict[str, str] = {}
    for model in chosen:
        try:
            stage.put_param(model, as_of)
            stage.put_found(model)
            said = rows(duck, "SELECT * FROM found")
        except (DuckError, SteelyardError) as error:
            broken[model.id] = str(error).splitlines()[0]
            continue
        found += [Found(model.id, {key: str(row[key]) for key in model.key}, row[model.grade_column]) for row in said]
    return found, broken


def _parts(county: County, dataset: str) -> Iterator[list[Row] | Columns]:
    if dataset == "social_insurance":
        yield from insurance_months(county.work, county.people, county.firms).values()
    if dataset in county.ledger.registers:
        yield county.ledger.registers[dataset]
    if county.ledger.rows.get(dataset):
        yield county.ledger.rows[dataset]
    for members in county.books.deliveries.values():
        for member in members.values():
            part = member.get(dataset, Part([]))
            if part.register:
                yield part.register
            if part.rows:
                yield part.rows


def _table(part: list[Row] | Columns, schema: Any) -> pa.Table:
    if isinstance(part, Columns):
        given = {**part.plain, **{name: numbers for name, (numbers, _) in part.subjects.items()}}
        size = len(next(iter(given.values())))
        return pa.table({name: given.get(name, pa.nulls(size, pa.string())) for name in schema})
    return pa.table({name: pa.array([_text(row.get(name)) for row in part], pa.string()) for name in schema})


def _text(value: Any) -> str | None:
    number = getattr(value, "number", None)
    said = number if number is not None else value
    return None if said is None else str(said).lower() if isinstance(said, bool) else str(said)


if __name__ == "__main__":
    main()
