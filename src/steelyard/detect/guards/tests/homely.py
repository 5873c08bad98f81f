"""A small pool with a home, and what is held of it."""

from dataclasses import dataclass

from steelyard.detect import guards
from steelyard.detect.tests.small_pool import SmallPool
from steelyard.engines.postgres import Database
from steelyard.kit.home import Home

FORMER = "village-project/former-employer-contractor"
RENT = "village-asset/rent-receivable-unpaid"
VILLAGE = "339921101201"
OFFICIAL = {"person_id": "PLI", "org_id": "V1", "village_code": VILLAGE, "position": "party_secretary",
            "from_date": "2014-01-01", "to_date": "2018-12-31"}  # fmt: skip
INSURED = [{"person_id": "PLI", "company_id": "CB", "month": f"2015-0{n}-01", "ins_type": "pension"} for n in (3, 4)]
PROJECT = {"project_id": "J1", "village_code": VILLAGE, "name": "road", "contractor_id": "CB",
           "contract_amount": 90000, "sign_date": "2018-02-01"}  # fmt: skip


@dataclass
class HomelyPool(SmallPool):
    """With a home, so that what is held can be kept in files."""

    @property
    def home(self) -> Home:
        return Home(self.folder)


def stored(database: Database) -> int:
    with database.connect() as connection:
        row = connection.execute("SELECT count(*) FROM engine.finding WHERE state <> 'vanished'").fetchone()
    return int(row[0]) if row else 0


def held(database: Database, states: tuple[str, ...] = ("held", "releasing")) -> list[guards.HeldBatch]:
    with database.connect() as connection:
        return guards.held_batches(connection, states=states)
