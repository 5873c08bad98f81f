"""What villagers ask or report."""

import datetime as dt

from steelyard.synth.county import County
from steelyard.synth.people import Person

APPEALS = 1500


class Petitions:
    """The book of what villagers asked and reported."""

    def __init__(self, county: County) -> None:
        self._county = county
        self._chance = county.chance("appeals")
        self._count = 0

    def file(
        self, village_code: str, person: Person, category: str, filed: dt.datetime, *, matter: str | None = None
    ) -> str:
        """A villager files something; the township answers in time.  Returns the number."""
        chance, county = self._chance, self._county
        self._count += 1
        number = f"SQ{filed.year}{self._count:05d}"
        town = village_code[:9] + "000"
        accepted = filed + dt.timedelta(hours=chance.number(1, 40))
        done = accepted + dt.timedelta(days=chance.number(2, 12))
        answered = done.date() <= county.until
        county.ledger.enter(
            "appeal",
            appeal_id=number,
            person_id=person,
            village_code=village_code,
            category=category,
            matter_id=matter,
            filed_time=filed,
            accepted_time=accepted,
            assigned_org_id=county.places.body("petitions", town),
            due_time=accepted + dt.timedelta(days=15),
            done_time=done if answered else None,
            reply_time=done if answered else None,
            satisfaction=chance.number(3, 5) if answered and chance.yes(0.6) else None,
            redo_count=0,
            channel=chance.one(("手机端", "窗口", "电话")),
            anonymous=chance.yes(0.1),
            verified_result=chance.one(("true", "partly", "false", "none")) if answered else None,
        )
        return number

    def ordinary(self) -> None:
        """What is asked in three years."""
        chance, county = self._chance, self._county
        for _ in range(APPEALS):
            village = chance.one(county.places.villages)
            person = county.people.who(chance.one(county.people.of_village(village.index)))
            filed = dt.datetime.combine(
                county.ago(chance.number(5, 1000)), dt.time(chance.number(8, 20), chance.number(0, 59))
            )
            category = chance.one(("project", "labour", "asset", "subsidy", "procurement", "finance", "other"))
            self.file(village.code, person, category, filed)
