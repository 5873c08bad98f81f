"""One delivery from files to a pool version, such that dying at any point loses and doubles nothing.

The order is the proof: raw files are on disk before the delivery is recorded; Delta commits before the one
transaction that records counts, quarantine, questions and the pool version.  A Delta commit without that
transaction is invisible, and is undone when the delivery is taken up again.
"""

from dataclasses import replace
from typing import Any

import psycopg

from steelyard.engines.duck import Duck, DuckError, connect
from steelyard.kit.errors import SteelyardError
from steelyard.pool import disorder, homeless, publishing, raw, records, sealing, versions
from steelyard.pool.conform import Task, conform
from steelyard.pool.faults import fault
from steelyard.pool.inspection import History, Surroundings, inspect
from steelyard.pool.place import Place, Received, Result
from steelyard.pool.publishers import area_of_publisher
from steelyard.pool.receipts import Landing
from steelyard.sources import tidy_in_all

MEMORY_MB = 1_200


class UnknownDataset(SteelyardError):
    """An interface feeds a dataset that has no contract."""


def work_through(connection: "psycopg.Connection[Any]", place: Place, delivery: Received) -> Landing:
    """Read, check, key and publish a recorded delivery.  Safe to run again after a crash.

    ``connection`` is in autocommit and holds the interface's lock.
    """
    folder = place.raw / delivery.id
    place.step(delivery.interface, 0)
    text = raw.read(
        delivery.interface, delivery.files, folder, lambda key, name: area_of_publisher(connection, key, name),
        sealing.seal_of(connection, delivery.id, place.secrets),
    )  # fmt: skip
    fault("after-text")
    try:
        return _checked(connection, place, delivery, text)
    finally:
        raw.forget_text(folder)


def _checked(connection: "psycopg.Connection[Any]", place: Place, delivery: Received, text: raw.RawText) -> Landing:
    folder = place.raw / delivery.id
    if text.refused:
        return publishing.refuse(connection, place, delivery, text.refused, [], text)
    duck = connect(memory_mb=MEMORY_MB, threads=2, spill=folder / "spill")
    try:
        place.step(delivery.interface, 1)
        text = _with_order(connection, duck, delivery, text)
        made = checked(connection, duck, place, delivery, text)
        refusals = [result.conformed.refused for result in made if result.conformed.refused]
        if refusals:
            return publishing.refuse(connection, place, delivery, "; ".join(refusals), made, text)
        place.step(delivery.interface, 2)
        landing = publishing.publish(connection, duck, place, delivery, made, text)
        place.step(delivery.interface, 3)
        return landing
    except DuckError as error:
        # Trying again would end the same way; the message goes to whoever keeps the contract.
        message = f"cannot be processed: {str(error).splitlines()[0]}"
        return publishing.refuse(connection, place, delivery, message, [], text)
    finally:
        duck.close()


def _with_order(
    connection: "psycopg.Connection[Any]", duck: Duck, delivery: Received, text: raw.RawText
) -> raw.RawText:
    """The text with signals of what came out of order; rows that are sent again are older by their nature."""
    if delivery.kind != "delivery":
        return text
    newest = records.newest_period(connection, delivery.interface.id, delivery.seq) if delivery.period else ""
    found = disorder.in_files(duck, delivery.interface, text.texts)
    return replace(text, signals=(*text.signals, *found, *disorder.by_period(delivery.period, newest)))


def checked(
    connection: "psycopg.Connection[Any]", duck: Duck, place: Place, delivery: Received, text: raw.RawText
) -> list[Result]:
    """The rows of every dataset, typed, keyed and checked, with what was found."""
    base = versions.current(connection).tables
    homes = homeless.rows(duck, delivery.interface, [text.of(feed.dataset) for feed in delivery.interface.feeds])
    # A line nobody could read, or whose dataset nobody knows, is counted once, with the first.
    loose = [(*text.broken, *homes), *([()] * len(delivery.interface.feeds))]
    tasks = [task_of(place, delivery, text, number) for number in range(len(delivery.interface.feeds))]
    made = [conform(duck, task, place.keys, broken) for task, broken in zip(tasks, loose, strict=False)]
    around = Surroundings(
        place.contracts,
        lambda name: place.files(name, base.get(name)),
        {task.name: one.relation for task, one in zip(tasks, made, strict=True) if not one.refused},
    )
    return [
        Result(task.contract, inspect(duck, task, one, around, _history(connection, delivery, task.name)))
        for task, one in zip(tasks, made, strict=True)
    ]


def _history(connection: "psycopg.Connection[Any]", delivery: Received, dataset: str) -> History | None:
    if delivery.kind != "delivery":
        return None
    return History(records.rows_before(connection, delivery.interface.id, dataset, delivery.seq))


def task_of(place: Place, delivery: Received, text: raw.RawText, number: int) -> Task:
    """What is to be conformed for one feed of a delivery.  Raises UnknownDataset."""
    feed = delivery.interface.feeds[number]
    if feed.dataset not in place.contracts:
        raise UnknownDataset(f"{delivery.interface.id} feeds {feed.dataset}, which has no contract")
    own = text.of(feed.dataset)
    return Task(
        delivery=delivery.id,
        contract=place.contracts[feed.dataset],
        feed=feed,
        files=[str(part) for made in own for part in made.parts],
        order=list(dict.fromkeys(made.file for made in text.texts)),
        columns={column for made in own for column in made.columns},
        delivered_on=delivery.received_on,
        interface=delivery.interface,
        tidy=tidy_in_all(own),
    )
