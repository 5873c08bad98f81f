"""route: the whole way of the data once: land what lies in the inbox, detect, raise alerts, publish."""

import argparse
import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.catalogue import load_catalogue
from steelyard.cli.database import migrate_all
from steelyard.cli.orgs import take_over
from steelyard.cli.session import Session, print_json
from steelyard.contracts import load_contracts
from steelyard.detect import run, today
from steelyard.engines.postgres import Role
from steelyard.identity import IdentityKeys, link
from steelyard.pool import Landing, Pool
from steelyard.sources import load_interfaces

Say = Callable[[str], None]


@dataclass
class Journey:
    """What happened on the way, and how long each stage took."""

    rows_landed: int = 0
    rows_quarantined: int = 0
    findings: int = 0
    alerts: dict[str, int] = field(default_factory=dict)
    not_evaluable: int = 0
    real_files: list[str] = field(default_factory=list)
    linked: dict[str, int] = field(default_factory=dict)
    """Links between mentions without a number and subjects, by tier."""
    runs: dict[str, int] = field(default_factory=dict)
    """How the departments answered: runs by state."""
    seconds: dict[str, float] = field(default_factory=dict)

    def count(self, landing: Landing) -> None:
        """Add what one delivery brought."""
        self.rows_landed += sum(receipt.admitted + receipt.unchanged for receipt in landing.receipts)
        self.rows_quarantined += sum(receipt.quarantined for receipt in landing.receipts)

    @contextmanager
    def stage(self, name: str, say: Say) -> Iterator[None]:
        say(f"{name} …")
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 2)
        say(f"{name}: {self.seconds[name]:.1f} s")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("route", help="land the inbox, detect, raise alerts and publish, once")
    parser.add_argument("--json", action="store_true", help="counts as JSON")
    parser.set_defaults(run=_route)


def open_pool(session: Session) -> Pool:
    """The pool with the catalogue's contracts and interfaces."""
    return Pool(
        session.home,
        session.database,
        load_contracts(session.catalogue / "contracts"),
        load_interfaces(session.catalogue / "interfaces"),
    )


def ask_departments(session: Session, journey: Journey) -> None:
    """Every interface once: files that wait in the inbox, and systems whose address is known; what is new lands.

    What was delivered before changes nothing.  A system without an address is not connected, and not asked.
    """
    pool, keys, day = open_pool(session), IdentityKeys(session.database), today_of(session)
    pool.repair(assign=keys)
    for interface in pool.can_be_asked():
        if pool.references.missing(interface.location.address):
            continue
        run = pool.fetch(interface, assign=keys, received_on=day)
        journey.runs[run.state] = journey.runs.get(run.state, 0) + 1
        for landing in run.landings:
            journey.count(landing)
    pool.log_runs(assign=keys, received_on=day)


def today_of(session: Session) -> dt.date:
    """The installation's day."""
    with session.database.connect(Role.WORKER) as connection:
        return today(connection)


def detect_and_raise(session: Session, journey: Journey) -> None:
    """Evaluate every model on the newest pool version and turn findings into routed alerts."""
    report = run(open_pool(session), load_catalogue(session.catalogue, session.home.models), session.database)
    journey.findings = report.new + report.changed + report.unchanged
    journey.not_evaluable = report.not_evaluable
    from steelyard.web.cases.jobs import take_over as raise_alerts  # Django must be started first

    raise_alerts()


def count_alerts(journey: Journey) -> None:
    """Alerts that stand, by grade."""
    from django.db.models import Count

    from steelyard.web.alerts.models import Alert  # Django must be started first

    rows = Alert.objects.values_list("grade").annotate(n=Count("id"))
    journey.alerts = {"red": 0, "yellow": 0, "blue": 0} | dict(rows)


def real_files() -> list[Path]:
    """Real procurement files: of STEELYARD_OCDS, else of a folder shared beside the checkout."""
    named = os.environ.get("STEELYARD_OCDS")
    folder = Path(named) if named else Path.cwd().parent / "shared" / "data" / "ocds"
    return sorted(folder.glob("*.jsonl.gz")) + sorted(folder.glob("*.jsonl")) if folder.is_dir() else []


def travel(
    session: Session, journey: Journey, say: Say, people: Callable[[], None] = lambda: None,
    before: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """Land, take over, link, detect, raise, publish.  The database must be up to date and Django started.

    ``before``: what else lands, before the departments are asked.
    ``people``: makes accounts once the bodies stand; alerts are routed to bodies where somebody works.
    """
    with journey.stage("landing", say):
        before()
        ask_departments(session, journey)
    with journey.stage("bodies", say):
        take_over(session)
        people()
    with journey.stage("linking", say):
        journey.linked = link(session.database, open_pool(session)).edges
    with journey.stage("detection", say):
        detect_and_raise(session, journey)
    with journey.stage("own records", say):
        from steelyard.web.governance.jobs import supply_now  # Django must be started first

        supply_now()
    with journey.stage("publication", say):
        from steelyard.web.people.actions import publish_from_pool, renew_statistics  # Django must be started first

        publish_from_pool(open_pool(session))
        renew_statistics()
    with journey.stage("score cards", say):
        from steelyard.web.intake.scorecards import renew_newest  # Django must be started first

        renew_newest()
    _tie_later()
    count_alerts(journey)


def _tie_later() -> None:
    """Ties take as long as a detection and nobody waits for them: the site's worker makes them when it starts."""
    from procrastinate.contrib.django import app  # Django must be started first

    app.configure_task("subjects.refresh_ties", queue="models", lock="subjects.ties", allow_unknown=True).defer()


def told(journey: Journey) -> dict[str, Any]:
    """The journey as the command prints it."""
    return {
        "rows_landed": journey.rows_landed, "rows_quarantined": journey.rows_quarantined,
        "findings": journey.findings, "alerts": journey.alerts, "not_evaluable": journey.not_evaluable,
        "real_files": journey.real_files, "runs": journey.runs, "linked": journey.linked, "seconds": journey.seconds,
    }  # fmt: skip


def _route(given: argparse.Namespace) -> int:
    session, journey = Session.open(), Journey()
    migrate_all(session)
    travel(session, journey, lambda text: None if given.json else print(text, flush=True))
    print_json(told(journey))
    return 0
