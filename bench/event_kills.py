"""Kills the event path at random moments: who takes pushes, who brings them to alerts, and the database under both.

What was acknowledged must be in the inbox once; at the end the stored findings must be what a full run over all data
says, and every finding that is routed must have exactly one alert, raised once.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.cli.database import migrate_if_changed
from steelyard.cli.route import open_pool
from steelyard.cli.session import Session
from steelyard.engines.postgres import DatabaseUnreachable, Server
from steelyard.identity import PointKeys
from steelyard.kit.home import Home

WORKERS = {"worker": ("events",), "landing": ("fetch", "ingest", "clock")}
VICTIMS = ("worker", "worker", "landing", "web", "web", "database")
SETTLE_SECONDS = 600
STARTED_SECONDS = 60


@dataclass
class EventReport:
    """What the kills hit and whether anything was wrong after them."""

    kills: int = 0
    by_victim: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    lost: int = 0
    """Acknowledged pushes that are not in the inbox, or were never looked at."""
    doubled: int = 0
    """Findings with more than one alert, or one that was raised twice."""
    unraised: int = 0
    """Routed findings without an alert."""
    otherwise: int = 0
    """Findings that a full run says otherwise."""
    findings: int = 0
    alerts: int = 0
    seconds: float = 0.0

    @property
    def wrong(self) -> int:
        return self.lost + self.doubled + self.unraised + self.otherwise


class EventSoak:
    """One installation whose processes are killed again and again.  ``home``: a made-up county, which is changed."""

    def __init__(self, home: Path, seed: int) -> None:
        os.environ["STEELYARD_HOME"] = str(home)
        self.home, self.seed, self.chance = Home(home), seed, random.Random(seed)  # noqa: S311  # repeatable
        self.session = Session.open()
        migrate_if_changed(self.session)
        self.catalogue, self.report = load_catalogue(self.session.catalogue), EventReport()
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.acknowledged: dict[int, str] = {}

    def run(self, kills: int) -> EventReport:
        """Kill so many processes, let the rest come to its end, and look."""
        begun = time.monotonic()
        pool = open_pool(self.session)
        detect.run(pool, self.catalogue, self.session.database)
        try:
            while self.report.kills < kills:
                self._watch()
                self._wait_for_pushes()
                time.sleep(self.chance.uniform(0.0, 3.0))
                self._kill(self.chance.choice(VICTIMS))
            self._watch()
            self._end("web")
            self._settle()
        finally:
            for name in list(self.running):
                self._end(name)
        self._compare()
        self.report.seconds = round(time.monotonic() - begun, 1)
        return self.report

    # -- processes ---------------------------------------------------------------------------

    def _watch(self) -> None:
        """Start what does not run, as a supervisor of processes does."""
        Server(self.home).start()
        for name in (*WORKERS, "web"):
            if name not in self.running or self.running[name].poll() is not None:
                self.running[name] = self._start(name)

    def _wait_for_pushes(self) -> None:
        """Until something is under way that a kill can disturb."""
        before, until = len(self.acknowledged), time.monotonic() + STARTED_SECONDS
        while len(self.acknowledged) == before and time.monotonic() < until:
            self._watch()
            time.sleep(0.05)

    def _start(self, name: str) -> "subprocess.Popen[str]":
        if name == "web":
            first = max(self.acknowledged, default=-1) + 1
            # What was not acknowledged is sent again, under the same key.
            words = ["-m", "bench.event_push", str(self.seed), str(first)]
        else:
            words = ["-m", "steelyard.cli.main", "worker", "--queues", ",".join(WORKERS[name])]
        made = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if name == "web":
            threading.Thread(target=self._hear, args=(made,), daemon=True).start()
        return made

    def _hear(self, web: "subprocess.Popen[str]") -> None:
        for line in web.stdout or ():
            number, _, key = line.strip().partition(" ")
            if number.isdecimal() and key:
                self.acknowledged[int(number)] = key

    def _kill(self, victim: str) -> None:
        if victim == "database":
            pid = int((Server(self.home).data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
        elif self.running[victim].poll() is None:
            os.kill(self.running[victim].pid, signal.SIGKILL)
            self.running[victim].wait()
        else:
            return  # it had fallen with the database
        self.report.kills += 1
        self.report.by_victim[victim] += 1

    def _end(self, name: str) -> None:
        child = self.running.pop(name, None)
        if child and child.poll() is None:
            child.terminate()
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    # -- the end -----------------------------------------------------------------------------

    def _settle(self) -> None:
        """Until every push was looked at and its alerts stand."""
        until = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < until:
            Server(self.home).start()
            for name in WORKERS:
                if self.running[name].poll() is not None:
                    self.running[name] = self._start(name)
            if not self._unlooked():
                return
            time.sleep(0.5)

    def _unlooked(self) -> int:
        try:
            with self.session.database.connect() as connection:
                row = connection.execute(
                    "SELECT count(*) FROM engine.inbox i LEFT JOIN engine.event_trace t USING (seq) "
                    "WHERE i.sender = 'soak' AND t.total IS NULL"
                ).fetchone()
        except DatabaseUnreachable:
            return 1
        return int(row[0]) if row else 1

    def _compare(self) -> None:
        database, pool = self.session.database, open_pool(self.session)
        report, keys = self.report, set(self.acknowledged.values())
        report.acknowledged = len(keys)
        with database.connect() as connection:
            kept = Counter(row[0] for row in connection.execute(
                "SELECT idempotency_key FROM engine.inbox JOIN engine.event_trace USING (seq) "
                "WHERE sender = 'soak' AND total IS NOT NULL AND failure = ''"))  # fmt: skip
        report.lost = sum(kept[key] != 1 for key in keys)
        report.doubled, report.unraised = self._alerts()
        pool.flush(assign=PointKeys(database))
        # Whom a batch looks at, for models that no push alone concerns; then everything once more.
        detect.run(pool, self.catalogue, database)
        full = detect.run(pool, self.catalogue, database, full=True)
        report.otherwise = full.new + full.changed + full.vanished + full.moved + len(full.failed)

    def _alerts(self) -> tuple[int, int]:
        """Findings with more than one alert or raised more than once, and routed findings without any."""
        with self.session.database.connect() as connection:
            found = connection.execute(
                "SELECT f.fingerprint, f.seq <= m.last_seq, count(DISTINCT a.id), "
                "count(r.id) FILTER (WHERE r.kind = 'raised') FROM engine.finding f "
                "CROSS JOIN (SELECT last_seq FROM public.alerts_pullmark WHERE name = 'findings') m "
                "LEFT JOIN public.alerts_alert a ON a.fingerprint = f.fingerprint "
                "LEFT JOIN public.alerts_revision r ON r.alert_id = a.id "
                "WHERE f.standing = 'routed' AND f.state <> 'vanished' GROUP BY 1, 2"
            ).fetchall()
        self.report.findings, self.report.alerts = len(found), sum(row[2] for row in found)
        doubled = sum(alerts > 1 or raised > 1 for _, _, alerts, raised in found)
        return doubled, sum(not alerts for _, _, alerts, _ in found)


def soak(kills: int, seed: int, home: Path) -> EventReport:
    """Kill so many processes of an installation."""
    return EventSoak(home, seed).run(kills)


def told(report: EventReport) -> str:
    return json.dumps({**vars(report), "wrong": report.wrong}, indent=2)
