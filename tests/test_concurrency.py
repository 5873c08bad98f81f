"""Two loaders, one flusher and ten readers at once on one dataset: no lost commit, no reader's error."""

import multiprocessing
from pathlib import Path

from bench import kills

from steelyard.engines.duck import connect
from steelyard.pool import Pool
from steelyard.pool.tests.conftest import DAY, FIELDS, contracts_in, interface_of, row

DELIVERIES, ROWS, READERS = 4, 300, 10
LOADERS = ("finance/first", "finance/second")
SHARED = "7"
"""A row that everybody writes, each with another amount."""


def load(folder, address, name, at):
    pool, interface = kills.pool_at(folder, address), interface_of(name)
    for number in range(DELIVERIES):
        lines = [row(key, amount=str(number)) for key in _keys(at, number)]
        file = Path(folder) / f"{at}-{number}.csv"
        file.write_text("\n".join([",".join(FIELDS), *lines, row(SHARED, amount=f"{at}{number}")]) + "\n")
        assert pool.land(interface, [file], assign=kills.KEYS, received_on=DAY).pool_version


def flush(folder, address, at):
    pool = kills.pool_at(folder, address)
    for number in range(DELIVERIES):
        lines = [row(key, amount=str(number)) for key in _keys(at, number)] + [row(SHARED, amount=f"{at}{number}")]
        pushed = [dict(zip(FIELDS, line.split(","), strict=True)) for line in lines]
        landing = pool.push(kills.PUSHED, f"push {number}", pushed, assign=kills.KEYS, received_on=DAY)
        assert landing.pool_version


def read(folder, address, done, answers):
    pool, seen, reads = kills.pool_at(folder, address), {}, 0
    try:
        while not done.is_set() or not reads:
            version = pool.current()
            with connect(memory_mb=128, threads=1) as duck:
                pool.register(duck, "payment", version, "t")
                rows = duck.execute("SELECT count(*), count(DISTINCT payment_id), sum(amount) FROM t").fetchall()[0]
            assert rows[0] == rows[1], f"version {version.number} holds a key twice"
            assert seen.setdefault(version.number, rows) == rows, f"version {version.number} changed"
            reads += 1
        counts = [seen[number][0] for number in sorted(seen)]
        assert counts == sorted(counts), "a later version lost rows"
        answers.put((reads, ""))
    except Exception as error:  # noqa: BLE001  # whatever it is, the test must hear of it
        answers.put((reads, f"{type(error).__name__}: {error}"))


def _keys(at, number):
    return [str(at * 100_000 + number * ROWS + one) for one in range(ROWS)]


def test_loaders_a_flusher_and_readers_do_not_disturb_each_other(tmp_path, clean_engine, small_files):
    contracts_in(tmp_path / "catalogue")
    given = str(tmp_path), clean_engine.address
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["bench.kills"])
    done, answers = processes.Event(), processes.Queue()
    readers = [processes.Process(target=read, args=(*given, done, answers)) for _ in range(READERS)]
    writers = [processes.Process(target=load, args=(*given, name, at)) for at, name in enumerate(LOADERS, start=1)]
    writers.append(processes.Process(target=flush, args=(*given, 3)))
    for process in (*writers, *readers):
        process.start()
    for process in writers:
        process.join()
    done.set()
    found = [answers.get(timeout=60) for _ in readers]
    for process in readers:
        process.join()
    assert [error for _, error in found if error] == []
    assert all(reads >= 1 for reads, _ in found)
    assert [process.exitcode for process in writers] == [0, 0, 0]
    pool: Pool = kills.pool_at(*given)
    count, amounts = kills._amounts(pool, pool.current().number)
    wanted = {key: number for at in (1, 2, 3) for number in range(DELIVERIES) for key in _keys(at, number)}
    shared = amounts.pop(SHARED)
    assert amounts == wanted
    assert count == len(wanted) + 1
    assert shared in {int(f"{at}{DELIVERIES - 1}") for at in (1, 2, 3)}
    assert pool.current().number == 3 * DELIVERIES
    assert pool.unfinished() == []
