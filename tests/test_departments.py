"""Every interface asked in one run while departments fail in every way; then the faults end, and all is well.

The departments are real servers over a small cut of the demonstration's county.
"""

import datetime as dt
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from steelyard.cli.session import engine_migrations
from steelyard.contracts import load_contracts
from steelyard.engines import migrations
from steelyard.engines.postgres import Address, Database, Role
from steelyard.engines.postgres.tests.shared import shared_server
from steelyard.identity import IdentityKeys
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.home import Home
from steelyard.pool import Pool
from steelyard.sources import load_interfaces
from steelyard.synth.departments import Province, Wish, parse, pushed_rows
from steelyard.synth.departments.systems import Systems
from tests.conftest import short_home
from tests.thin_county import thin

ROWS = 120
ADMITTED = "SELECT coalesce(sum(admitted), 0) FROM engine.receipt"
DAY = dt.date(2026, 11, 22)
SLOW_S = 4.0
"""An answer of the two slow departments may take so long before they count as slow."""

FAULTS = {
    # What is switched on: what the board must show, as state of the run or kind of an incident.
    "late:tax/returns": {"late"},
    "late:health/deaths": {"late"},
    "late:water/inspections": {"late", "thin"},
    "late:government-offices/fuel": {"late"},
    "duplicated:petitions/county": {"drift"},
    "duplicated:human-resources/job-posts": {"drift"},
    "duplicated:public-trading/award-votes": {"drift"},
    "out-of-order:natural-resources/real-estate-city": {"out-of-order"},
    "out-of-order:development-reform/experts": {"out-of-order"},
    "half-a-file:audit-office/findings": {"refused"},
    "half-a-file:construction/inspections": {"failed"},
    "half-a-file:finance/procurement-plans": {"failed"},
    "schema-drift:court/judgments": {"refused", "drift"},
    "schema-drift:agriculture/loans": {"refused", "drift"},
    "schema-drift:finance/expense-claims": {"drift"},
    "schema-drift:medical-insurance/settlements": {"refused", "drift"},
    "wrong-encoding:disabled-federation/certificates": {"refused"},
    "wrong-encoding:petitions/city": {"failed"},
    "wrong-signature:discipline/cases": {"signature"},
    "wrong-signature:industry/enterprise-subsidies": {"refused", "signature"},
    "wrong-signature:establishment/public-employees": {"refused", "signature"},
    "errors-500:works-regulators/performance": {"failed"},
    "errors-500:finance/budgets": {"failed"},
    "slow-drip:property-exchange/asset-deals": {"slow"},
    "slow-drip:transport/inspections": {"slow"},
    "429-storm:bank/accounts": {"failed"},
}


@dataclass
class Round:
    """What one run over all interfaces brought."""

    states: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    incidents: dict[str, dict[str, str]] = field(default_factory=dict)


class Installation:
    """A pool of its own, with a database of its own, that knows the interfaces of one province."""

    def __init__(self, name, interfaces, county):
        self.home = Home(short_home()).make()
        self.database = fresh_database(name)
        self.pool = Pool(self.home, self.database, load_contracts(catalogue_folder() / "contracts"), interfaces)
        self.keys = IdentityKeys(self.database)
        self.county = county

    def ask(self, names) -> Round:
        """These interfaces once, also where a circuit is open; pushes through the pool's own door."""
        found = Round()
        asked = [self.pool.interfaces[name] for name in sorted(names)]
        for interface in asked:
            if interface.connector != "push":
                run = self.pool.fetch(interface, assign=self.keys, received_on=DAY, forced=True)
                found.states[interface.id], found.errors[interface.id] = run.state, run.error
        for interface, key, rows in pushed_rows(self.county, {one.id: one for one in asked}):
            landing = self.pool.push(interface, key, rows, assign=self.keys, received_on=DAY)
            found.states[interface.id] = landing.state
        self.pool.note_late()
        for one in self.pool.incidents():
            found.incidents.setdefault(one.interface, {})[one.kind] = one.first_error
        return found

    def rows(self, sql):
        with self.database.connect(Role.WORKER) as connection:
            return connection.execute(sql).fetchall()


def fresh_database(name) -> Database:
    server = shared_server().address
    made = Database(Address(server.host, server.port, name, server.admin, embedded=True))
    made.prepare()
    migrations.apply(made, engine_migrations())
    return made


@pytest.fixture(scope="module")
def county(installation, tmp_path_factory):
    """A hundred rows of everything the demonstration's departments hold."""
    out = tmp_path_factory.mktemp("thin")
    thin(installation.home / "demo" / "county", out, load_interfaces(catalogue_folder() / "interfaces"), ROWS)
    return out


@contextmanager
def departments(county, installation, wishes):
    """The province over a county, dropping files into the installation's inbox, known by its secrets."""
    folder = short_home()
    province = Province(installation.pool.interfaces, county, folder / "servers", inbox=installation.home.inbox)
    try:
        province.start(wishes)
        province.environment.write_secrets(installation.home.secrets)
        yield province
    finally:
        province.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Story:
    """What happened: counts of the undisturbed pool, and the rounds of the other one."""

    wanted: dict[str, int]
    datasets: set[str]
    faulty: Installation
    offered: set[str]
    wrong: Round
    healed: Round
    again: Round
    admitted: list[tuple[int]]
    """Rows ever admitted, before the last round."""


@pytest.fixture(scope="module")
def story(county):
    """All interfaces asked while everything is wrong, then the broken ones again once nothing is, then once more."""
    wishes = [parse(text) for text in FAULTS]
    broken = {wish.interface for wish in wishes}
    # The tries of a call are part of what is tried; their pauses are not.  A slow answer takes half as long again as
    # its interface allows, whatever that is; elsewhere a busy machine has ten seconds for an answer.
    dripping = {wish.interface for wish in wishes if wish.kind == "slow-drip"}
    known = {
        name: replace(one, limits=replace(one.limits, pause=0.02, slow=SLOW_S if name in dripping else 0.0))
        for name, one in load_interfaces(catalogue_folder() / "interfaces").items()
    }
    offered = Systems(county, known).interfaces
    datasets = {feed.dataset for name in broken for feed in offered[name].feeds}
    clean = Installation("departments_clean", offered, county)
    with departments(county, clean, []):
        clean.ask(name for name, one in offered.items() if datasets & {feed.dataset for feed in one.feeds})
    faulty = Installation("departments_faulty", offered, county)
    with departments(county, faulty, wishes) as province:
        wrong = faulty.ask(offered)
        for wish in wishes:
            province.faults.switch(Wish(wish.kind, wish.interface), on=False)
        healed = faulty.ask(broken)
        admitted = faulty.rows(ADMITTED)
        again = faulty.ask(broken)
    yield Story(clean.pool.row_counts(), datasets, faulty, set(offered), wrong, healed, again, admitted)
    for one in (clean, faulty):
        shutil.rmtree(one.home.root, ignore_errors=True)


def test_every_interface_of_the_province_was_asked_in_one_run(story):
    assert set(story.wrong.states) == story.offered
    assert len(story.offered) >= 111


def test_the_ledger_adds_up_to_the_row_while_everything_is_wrong(story):
    assert (
        story.faulty.rows(
            "SELECT delivery, dataset FROM engine.receipt "
            "WHERE received <> admitted + unchanged + quarantined + superseded"
        )
        == []
    )
    assert story.faulty.rows("SELECT id FROM engine.delivery WHERE state NOT IN ('accepted', 'refused')") == []


@pytest.mark.parametrize("text", FAULTS)
def test_the_board_shows_what_is_wrong(story, text):
    name = parse(text).interface
    shown = {story.wrong.states[name], *story.wrong.incidents.get(name, {})}
    assert shown & FAULTS[text], (shown, story.wrong.errors.get(name))


def test_what_is_right_is_not_called_wrong(story):
    broken = {parse(text).interface for text in FAULTS}
    assert {name: kinds for name, kinds in story.wrong.incidents.items() if name not in broken} == {}
    states = {name: state for name, state in story.wrong.states.items() if name not in broken}
    assert {name: state for name, state in states.items() if state not in ("ok", "accepted")} == {}


@pytest.mark.parametrize("text", FAULTS)
def test_once_a_fault_is_over_the_next_run_goes_well_and_closes_its_incidents(story, text):
    name = parse(text).interface
    assert story.healed.states[name] in ("ok", "nothing", "accepted"), story.healed.errors.get(name)
    # How rows came stays on the board until the department delivers again; these two have nothing new to deliver.
    left = {
        "duplicated:petitions/county": {"drift"},
        "out-of-order:natural-resources/real-estate-city": {"out-of-order"},
    }.get(text, set())
    assert set(story.healed.incidents.get(name, {})) <= left


def test_after_the_faults_everything_is_there_and_nothing_twice(story):
    counts = story.faulty.pool.row_counts()
    assert {name: counts.get(name) for name in story.datasets} == {
        name: story.wanted.get(name) for name in story.datasets
    }


def test_one_more_run_admits_no_row(story):
    assert story.faulty.rows(ADMITTED) == story.admitted
    assert set(story.again.states.values()) <= {"nothing", "ok", "accepted"}
