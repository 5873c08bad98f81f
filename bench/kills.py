"""Kills the pool at work and looks at what is left.

A process lands, flushes pushes, compacts, vacuums or replays; it is killed with SIGKILL at a random moment or at a
named place of the code.  Then the pool is repaired, what the sender was not told is done is sent again, and every
row is compared with a ledger that is kept apart.  A reader that held the version from before reads it again.
"""

import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from deltalake import DeltaTable

from steelyard.engines.duck import connect
from steelyard.engines.postgres import Address, Database
from steelyard.kit.home import Home
from steelyard.pool import Landing, NothingToReplay, Pool, parts
from steelyard.pool.faults import FLUSH_PLACES, PLACES, UPKEEP_PLACES
from steelyard.pool.tests.conftest import DAY, FIELDS, RuleKeys, contracts_in, interface_of, row
from steelyard.sources import Interface

KEYS = RuleKeys()  # type: ignore[no-untyped-call]  # a fake of the tests
FILES_OF = 2048
"""Rows a table file holds here, so that a small table has many files."""
LANDED: Interface = interface_of("finance/payments")  # type: ignore[no-untyped-call]  # a builder of the tests
PUSHED: Interface = interface_of("finance/pushed", file_format="jsonl")  # type: ignore[no-untyped-call]  # as above
WORK = ("land", "push", "compact", "vacuum", "replay")
NAMED = {"land": PLACES, "replay": PLACES, "push": (*FLUSH_PLACES, *PLACES), **UPKEEP_PLACES}
BAD = -1
"""An amount the contract refuses, until it is mended for a replay."""
START_ROWS = 16_000
BATCH_ROWS = 1_200


@dataclass(frozen=True)
class Work:
    """What a process is to do; everything it needs survives a trip to another process."""

    kind: str
    folder: str
    address: Address
    lines: tuple[tuple[int, int], ...] = ()
    """Number and amount of each row handed over; a negative amount breaks the contract."""
    key: str = ""
    fault: str = ""


@dataclass
class Ledger:
    """What the pool must hold, kept without asking it."""

    amounts: dict[str, int] = field(default_factory=dict)
    handed: int = 0
    bad: int = 0
    waiting: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Bad rows by interface and number that no later row of the interface has mended: what a replay sends again."""

    def done(self, work: Work) -> None:
        """Take a finished piece of work into the books."""
        self._take(work.kind, work.lines)
        if work.kind == "replay":
            self.handed += self.waiting.total()
            self.amounts |= dict.fromkeys((number for _, number in self.waiting), BAD)
            self.waiting.clear()

    def _take(self, way: str, lines: tuple[tuple[int, int], ...]) -> None:
        self.handed += len(lines)
        self.bad += sum(amount < 0 for _, amount in lines)
        for number, amount in lines:
            if amount < 0:
                self.waiting[way, str(number)] += 1
            else:
                self.amounts[str(number)] = amount
                self.waiting.pop((way, str(number)), None)


@dataclass
class Report:
    """What the kills hit and whether anything was wrong after them."""

    kills: int = 0
    finished_before: int = 0
    """Work that was done before its time to die came; not counted as a kill."""
    by_work: Counter[str] = field(default_factory=Counter)
    by_place: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    """What lay open at the moment of death."""
    lost: int = 0
    doubled: int = 0
    unreadable: int = 0
    old_versions_wrong: int = 0
    ledger_wrong: int = 0
    rows_at_end: int = 0
    seconds: float = 0.0

    @property
    def wrong(self) -> int:
        return self.lost + self.doubled + self.unreadable + self.old_versions_wrong + self.ledger_wrong


def pool_at(folder: str, address: Address) -> Pool:
    """The pool of a soak, in whatever process."""
    parts.ROW_GROUP_ROWS, parts.MOST_ROW_GROUPS = FILES_OF, 1
    from steelyard.contracts import load_contracts

    contracts = load_contracts(Path(folder) / "catalogue" / "contracts")
    return Pool(Home(Path(folder) / "home").make(), Database(address), contracts,
                {one.id: one for one in (LANDED, PUSHED)})  # fmt: skip


def do(work: Work) -> None:
    """One piece of work, in a process of its own or in the soak's."""
    os.environ["STEELYARD_FAULT"] = work.fault
    pool = pool_at(work.folder, work.address)
    if work.kind == "land":
        file = Path(work.folder) / f"{work.key}.csv"
        lines = [_line(number, amount) for number, amount in work.lines]
        file.write_text("\n".join([",".join(FIELDS), *lines]) + "\n", encoding="utf-8")
        _accepted(pool.land(LANDED, [file], assign=KEYS, received_on=DAY, key=work.key))
    elif work.kind == "push":
        rows = [_pushed(*one) for one in work.lines]
        _accepted(pool.push(PUSHED, work.key, rows, assign=KEYS, received_on=DAY))
    elif work.kind == "compact":
        pool.compact(cluster=True)
    elif work.kind == "vacuum":
        pool.vacuum(keep_days=0)
    elif work.kind == "replay":
        _replay(_mended(pool))
    elif work.kind == "repair":
        # Under the contract of the work that died.
        (_mended(pool) if work.key == "replay" else pool).repair(assign=KEYS)


def _mended(pool: Pool) -> Pool:
    contract = pool.contracts["payment"]
    checks = tuple(check for check in contract.checks if check.id != "amount-not-negative")
    pool.contracts = {"payment": replace(contract, checks=checks)}
    return pool


def _replay(pool: Pool) -> None:
    with suppress(NothingToReplay):
        for landing in pool.replay(assign=KEYS, received_on=DAY):
            _accepted(landing)


def _accepted(landing: Landing) -> None:
    if landing.state != "accepted":
        raise RuntimeError(f"{landing.interface}: {landing.state}: {landing.message}")


def _line(number: int, amount: int) -> str:
    return str(row(str(number), amount=str(amount)))  # type: ignore[no-untyped-call]  # a builder of the tests


def _pushed(number: int, amount: int) -> dict[str, str]:
    return dict(zip(FIELDS, _line(number, amount).split(","), strict=True))


class Soak:
    """One pool that is killed again and again."""

    def __init__(self, folder: Path, address: Address, seed: int) -> None:
        self.folder, self.address, self.chance = folder, address, random.Random(seed)  # noqa: S311  # repeatable
        self.ledger, self.report, self.number = Ledger(), Report(), 0
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["bench.kills"])
        self.usual: dict[str, float] = {}
        contracts_in(folder / "catalogue")
        _cluster(folder / "catalogue" / "contracts" / "finance" / "payment.yaml")
        self.pool = pool_at(str(folder), address)

    def begin(self) -> None:
        """A table of many files, and how long each work usually takes."""
        self._whole(self._work("land", START_ROWS))
        for kind in WORK:
            begun = time.monotonic()
            self._whole(self._work(kind))
            self.usual[kind] = time.monotonic() - begun

    def run(self, kills: int) -> Report:
        """Kill until so many kills hit a living process."""
        begun = time.monotonic()
        while self.report.kills < kills:
            self._round()
        self.report.rows_at_end = len(self.ledger.amounts)
        self.report.seconds = round(time.monotonic() - begun, 1)
        return self.report

    def _work(self, kind: str, rows: int = BATCH_ROWS) -> Work:
        self.number += 1
        lines = self._lines(rows) if kind in ("land", "push") else ()
        return Work(kind, str(self.folder), self.address, lines, f"b{self.number}")

    def _lines(self, rows: int) -> tuple[tuple[int, int], ...]:
        """Rows of new and known numbers; one in a hundred breaks the contract."""
        known = len(self.ledger.amounts)
        numbers = [self.chance.randrange(known + rows // 2) for _ in range(rows)] if known else range(rows)
        chance = self.chance
        return tuple(
            (number, BAD if chance.random() < 0.01 else chance.randrange(1000)) for number in dict.fromkeys(numbers)
        )

    def _whole(self, work: Work) -> None:
        """Work that nobody disturbs."""
        process = self.processes.Process(target=do, args=(work,))
        process.start()
        process.join()
        if process.exitcode:
            raise RuntimeError(f"{work.kind} ended with {process.exitcode} without being killed")
        self.ledger.done(work)

    def _round(self) -> None:
        work = self._work(self.chance.choice(WORK))
        held = _Held(self.pool, dict(self.ledger.amounts))
        if work.kind == "vacuum":
            self.pool.pin(held.number, "held by a reader")
        died, place = self._kill(work)
        if not died:
            self.report.finished_before += 1
            self.ledger.done(work)
        else:
            self.report.kills += 1
            self.report.by_work[work.kind] += 1
            self.report.by_place[place] += 1
            self.report.hit[self._open_at_death()] += 1
            self._mend(work)
        self._compare(held)
        if work.kind == "vacuum":
            self.pool.release(held.number)

    def _kill(self, work: Work) -> tuple[bool, str]:
        """Start the work and end it.  True where the kill came before its end, with where it was meant to come."""
        named = self.chance.random() < 0.4
        place = f"{self.chance.choice(NAMED[work.kind])}:{self.chance.choice((1, 1, 2, 5))}" if named else ""
        self._note_files()
        process = self.processes.Process(target=do, args=(replace(work, fault=place),))
        process.start()
        if not named:
            time.sleep(self.chance.uniform(0.02, self.usual[work.kind]))
            if process.is_alive() and process.pid:
                os.kill(process.pid, signal.SIGKILL)
        process.join()
        if process.exitcode not in (0, -signal.SIGKILL):
            raise RuntimeError(f"{work.kind} ended with {process.exitcode}, neither done nor killed")
        return process.exitcode != 0, place.partition(":")[0] or "random moment"

    def _note_files(self) -> None:
        self.before = {path.name for path in self._table().glob("*.parquet")}

    def _table(self) -> Path:
        return self.pool.home.pool / "payment"

    def _open_at_death(self) -> str:
        table = DeltaTable(str(self._table()))
        published = self.pool.current().tables["payment"]
        new = [path for path in self._table().glob("*.parquet") if path.name not in self.before]
        named = {Path(uri).name for uri in table.file_uris()}
        if table.version() > published and {Path(uri).name for uri in self.pool.files("payment")} != named:
            return "Delta committed, pool version not"
        loose = [path for path in new if path.name not in named]
        if any(path.read_bytes()[-4:] != b"PAR1" for path in loose):
            return "in the middle of writing a table file"
        if loose:
            return "table files written, not committed"
        return "delivery recorded, table untouched" if self.pool.unfinished() else "nothing open"

    def _mend(self, work: Work) -> None:
        """Repair, then do what a sender does who got no answer: send the same again."""
        do(Work("repair", work.folder, work.address, key=work.kind))
        kept = self._acknowledged(work)
        if (work.lines and not (kept and self.chance.random() < 0.5)) or not work.lines:
            do(work)
        self.ledger.done(work)

    def _acknowledged(self, work: Work) -> bool:
        """Whether the rows are the pool's already: then repair alone must bring them through."""
        with self.pool.database.connect() as connection:
            found = connection.execute(
                "SELECT (SELECT count(*) FROM engine.delivery WHERE idempotency_key = %s) "
                "+ (SELECT count(*) FROM engine.inbox WHERE idempotency_key = %s)",
                [work.key, work.key],
            ).fetchone()
        return bool(found and found[0])

    def _compare(self, held: "_Held") -> None:
        now = self.pool.current().number
        try:
            counts, found = _amounts(self.pool, now)
        except Exception as error:  # noqa: BLE001  # whatever it is, the pool could not be read
            print(f"unreadable: {error}", file=sys.stderr)
            self.report.unreadable += 1
            return
        wanted = self.ledger.amounts
        self.report.lost += sum(found.get(number) != amount for number, amount in wanted.items())
        self.report.doubled += (counts - len(found)) + len(set(found) - set(wanted))
        self.report.old_versions_wrong += not held.unchanged()
        self.report.ledger_wrong += not self._ledger_holds()

    def _ledger_holds(self) -> bool:
        with self.pool.database.connect() as connection:
            found = connection.execute(
                "SELECT coalesce(sum(received), 0), coalesce(sum(quarantined), 0), "
                "(SELECT count(*) FROM engine.quarantine WHERE outcome = 'quarantined'), "
                "(SELECT count(*) FROM engine.delivery WHERE state = 'received') FROM engine.receipt"
            ).fetchone()
        return found is not None and tuple(map(int, found)) == (self.ledger.handed, self.ledger.bad, self.ledger.bad, 0)


class _Held:
    """A reader that opened a version and keeps it."""

    def __init__(self, pool: Pool, amounts: Mapping[str, int]) -> None:
        self.number, self.amounts = pool.current().number, amounts
        self.duck = connect(memory_mb=256, threads=1)
        pool.register(self.duck, "payment", self.number, "held")

    def unchanged(self) -> bool:
        rows = self.duck.execute("SELECT payment_id, CAST(amount AS INTEGER) FROM held").fetchall()
        self.duck.close()
        return len(rows) == len(self.amounts) and dict(rows) == self.amounts


def _amounts(pool: Pool, number: int) -> tuple[int, dict[str, int]]:
    with connect(memory_mb=256, threads=1) as duck:
        pool.register(duck, "payment", number, "now")
        rows = duck.execute("SELECT payment_id, CAST(amount AS INTEGER) FROM now").fetchall()
    return len(rows), dict(rows)


def _cluster(contract: Path) -> None:
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("key: [payment_id]", "key: [payment_id]\ncluster_by: [village_code, payee_id]"),
                        encoding="utf-8")  # fmt: skip


def soak(kills: int, seed: int, folder: Path, address: Address) -> Report:
    """Begin a pool in ``folder`` and kill it so many times."""
    made = Soak(folder, address, seed)
    made.begin()
    return made.run(kills)
