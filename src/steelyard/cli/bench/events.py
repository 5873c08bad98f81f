"""`steelyard bench events`: how long a push takes to become an alert, while a landing is under way."""

import argparse
import datetime as dt
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from steelyard.cli.progress import Step, shown
from steelyard.cli.session import print_json
from steelyard.kit.errors import SteelyardError
from steelyard.kit.priorities import give_way

SCALES = ("county", "city", "province")
FIRST_SHOTS = 5
"""Pushes that warm the path up and are not counted."""
WORKERS = (("worker", "--queues", "events"), ("worker", "--queues", "fetch,ingest"))
"""The path itself, and who lands pushes after a minute, as in an installation."""
PATIENCE_SECONDS = 120
"""How long after the last push its alerts may take before the measurement is given up."""


class NotFinished(SteelyardError):
    """The event path did not come to an end; look into the output of its worker."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    events = commands.add_parser("events", help="pushes at a steady rate into a made-up pool, timed to their alerts")
    events.add_argument("--scale", choices=SCALES, default="county", help="size of the pool that is made")
    events.add_argument("--home", type=Path, help="a home that holds such a pool; it is pushed into and kept")
    events.add_argument("--rate", type=float, default=20.0, help="pushes a second")
    events.add_argument("--minutes", type=float, default=5.0, help="how long")
    events.add_argument("--seed", type=int, help="of the pushes; not twice for one home; else the time")
    events.add_argument("--json", action="store_true", help="figures as JSON")
    events.set_defaults(run=_events)
    hidden = commands.add_parser(
        "events-landing", help="the landing beside, which `bench events` starts in a process of its own"
    )
    hidden.add_argument("--seed", type=int, required=True)
    hidden.set_defaults(run=_land_on)


def _events(given: argparse.Namespace) -> int:
    if given.seed is None:
        given.seed = int(time.time())
    with shown(not given.json) as step, _home(given, step) as home:
        os.environ["STEELYARD_HOME"] = str(home)
        figures = _measure(given, step)
    if given.json:
        print_json(figures)
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")
    return 0 if figures["equals_full"] else 1


@contextmanager
def _home(given: argparse.Namespace, step: Step) -> Iterator[Path]:
    if given.home:
        yield given.home.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="sy-events-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        step(f"making a {given.scale}", 0, 0)
        words = ["demo", "--once"] if given.scale == "county" else ["synth", "--scale", given.scale]
        _steelyard([*words, "--json"], folder)
        try:
            yield Path(folder)
        finally:
            _steelyard(["reset", "--yes"], folder, check=False)


def _steelyard(words: list[str], home: str, *, check: bool = True) -> None:
    environment = os.environ | {"STEELYARD_HOME": home}
    subprocess.run([sys.executable, "-m", "steelyard.cli.main", *words], env=environment, check=check,
                   stdout=subprocess.DEVNULL)  # fmt: skip


def _measure(given: argparse.Namespace, step: Step) -> dict[str, Any]:
    from steelyard import detect
    from steelyard.catalogue import load_catalogue
    from steelyard.cli.bench.event_load import Load
    from steelyard.cli.bench.measuring import machine
    from steelyard.cli.database import migrate_if_changed
    from steelyard.cli.route import open_pool, today_of
    from steelyard.cli.session import Session
    from steelyard.identity import PointKeys

    session = Session.open()
    migrate_if_changed(session)
    pool, catalogue = open_pool(session), load_catalogue(session.catalogue)
    step("models look at everything once", 0, 0)
    detect.run(pool, catalogue, session.database)
    load = Load(pool, today_of(session), given.seed)
    pool.flush(assign=PointKeys(session.database))
    with ExitStack() as running:
        for words in (*WORKERS, ("bench", "events-landing", "--seed", str(given.seed))):
            running.enter_context(_process(*words))
        first, last, late = _push(session, load, given, step)
        _wait(session, last, step)
    with session.database.connect() as connection:
        found = detect.latencies(connection, dt.timedelta(), seqs=(first, last))
        findings = _findings(connection, first, last)
        versions = connection.execute("SELECT max(number) FROM engine.pool_version").fetchone()
        rows = sum(pool.row_counts().values())
    step("a full run to compare with", 0, 0)
    # What was landed beside is looked at as it always is; a full run must then find nothing to do.
    detect.run(pool, catalogue, session.database)
    full = detect.run(pool, catalogue, session.database, full=True)
    whole = {one.step: one for one in found if not one.interface}
    total = whole["total"]
    return {
        "scale": given.scale, "rows": rows, "events": total.pushes, "rate": given.rate,
        "p50_ms": _ms(total.p50), "p95_ms": _ms(total.p95), "p99_ms": _ms(total.p99), "max_ms": _ms(total.most),
        "equals_full": not (full.new or full.changed or full.vanished or full.moved or full.failed),
        "steps": {name: {"p50_ms": _ms(one.p50), "p95_ms": _ms(one.p95), "p99_ms": _ms(one.p99),
                         "max_ms": _ms(one.most)} for name, one in whole.items() if name != "total"},
        **findings, "pushed_late": late, "pool_versions_meanwhile": int(versions[0]) - load.version if versions else 0,
        "full_run": {"new": full.new, "changed": full.changed, "vanished": full.vanished, "failed": full.failed},
        "machine": machine(), "date": dt.date.today().isoformat(),
    }  # fmt: skip


def _ms(value: float) -> float:
    return round(value, 1)


def _findings(connection: Any, first: int, last: int) -> dict[str, int]:
    """How many of the pushes led to findings, and to how many of them."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(f), 0), count(DISTINCT run) FROM (SELECT run, max(findings) AS f "
        "FROM engine.event_trace WHERE seq BETWEEN %s AND %s AND findings > 0 GROUP BY run) AS r",
        [first, last],
    ).fetchone()
    return {"steps_with_findings": int(row[0]), "findings": int(row[1])}


@contextmanager
def _process(*words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of this program for as long as the block runs."""
    child = subprocess.Popen([sys.executable, "-m", "steelyard.cli.main", *words], stdout=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _push(session: Any, load: Any, given: argparse.Namespace, step: Step) -> tuple[int, int, int]:
    """Push at the rate.  Returns the first and last counted push, and how many came later than they should."""
    from steelyard.cli.web import start_django
    from steelyard.engines.postgres import Role

    start_django(Role.WORKER)
    from steelyard.web.alerts.actions import pull  # Django must be started first
    from steelyard.web.intake import actions
    from steelyard.web.orgs.engine_link import reader

    # What stands already is taken over as after every batch; the first push shall not wait for it.
    step("alerts of what was found before", 0, 0)
    with reader() as engine:
        pull(engine)
    shots, late, first, last = load.shots(), 0, 0, 0
    for _ in range(FIRST_SHOTS):
        shot = next(shots)
        warm, _new = actions.push(shot.interface, shot.key, _body(shot.rows), sender="bench")
        _wait(session, warm, step)
    count, began = int(given.rate * given.minutes * 60), time.monotonic()
    for number in range(count):
        due = began + number / given.rate
        pause = due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        late += pause < -1.0
        shot = next(shots)
        last, _new = actions.push(shot.interface, shot.key, _body(shot.rows), sender="bench")
        first = first or last
        if number % 20 == 0:
            step("pushing", number, count)
    return first, last, late


def _body(rows: list[dict[str, str]]) -> bytes:
    from steelyard.pool import inbox

    return inbox.body_of(rows)


def _wait(session: Any, seq: int, step: Step) -> None:
    """Until the alerts of a push stand.  Raises NotFinished."""
    until = time.monotonic() + PATIENCE_SECONDS
    with session.database.connect(autocommit=True) as connection:
        while True:
            row = connection.execute(
                "SELECT count(*) FROM engine.event_trace WHERE seq = %s AND total IS NOT NULL", [seq]
            ).fetchone()
            if row and row[0]:
                return
            if time.monotonic() > until:
                raise NotFinished
            step("waiting for the last alerts", 0, 0)
            time.sleep(0.2)


def _land_on(given: argparse.Namespace) -> int:
    """Land delivery after delivery until the measurement ends this process."""
    from steelyard.cli.bench.event_load import Load
    from steelyard.cli.route import open_pool, today_of
    from steelyard.cli.session import Session
    from steelyard.identity import PointKeys
    from steelyard.pool import inbox

    # As the worker that lands does.
    give_way()
    session = Session.open()
    pool = open_pool(session)
    load, number = Load(pool, today_of(session), given.seed), 0
    with tempfile.TemporaryDirectory(prefix="sy-landing-") as folder:
        while True:
            number += 1
            path = inbox.write_lines(load.landed(number), Path(folder) / f"bench-{given.seed}-{number}.jsonl")
            pool.land(inbox.as_pushed(load.rents), [path], assign=PointKeys(session.database),
                      received_on=today_of(session))  # fmt: skip
