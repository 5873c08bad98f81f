"""Decisions, approvals, seals and publications that go with a matter of the village."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.places import Village

KEPT_SINCE = dt.date(2016, 1, 1)
"""What is older lies on paper only."""
STEPS = ("proposal", "joint_meeting", "party_meeting", "vote", "decision_public", "result_public")
APPROVERS = (("committee", "village_head"), ("secretary", "party_secretary"), ("supervision", "supervision_head"))


@dataclass(frozen=True)
class Matter:
    """What the papers are about, with the running number they share."""

    village: Village
    type: str
    id: str
    signed: dt.date
    number: int

    @property
    def facts(self) -> dict[str, Any]:
        """The columns by which each paper names the matter."""
        return {"village_code": self.village.code, "matter_type": self.type, "matter_id": self.id}


class Papers:
    """The books of the village platform, older papers entered afterwards."""

    def __init__(self, county: County) -> None:
        self._county = county
        self._chance: Chance = county.chance("village papers")
        self._count = 0

    def settle_matter(
        self, village: Village, matter_type: str, matter_id: str, signed: dt.date, *, published: bool = True
    ) -> None:
        """The usual way of a matter that was signed on a day: decided, approved, sealed, published."""
        if signed < KEPT_SINCE:
            return
        self._count += 1
        matter = Matter(village, matter_type, matter_id, signed, self._count)
        self._decide(matter)
        self._approve(matter)
        self._seal(matter)
        if published:
            self._publish(matter)

    def approve(self, village: Village, matter_type: str, matter_id: str, begins: dt.date) -> None:
        """A small matter is approved before it begins, and needs no more."""
        self._count += 1
        self._approve(Matter(village, matter_type, matter_id, begins, self._count))

    def disclose(self, village: Village, matter_type: str, matter_id: str, category: str, day: dt.date) -> None:
        """A matter is shown to the villagers on a day, and stays there."""
        self._count += 1
        self._county.ledger.enter(
            "village_disclosure", village_code=village.code, matter_type=matter_type, matter_id=matter_id,
            disclosure_id=f"GK{self._count:06d}", category=category, publish_date=day, channel="村务公开栏",
        )  # fmt: skip

    def _decide(self, matter: Matter) -> None:
        chance = self._chance
        decided = f"JC{matter.number:06d}"
        day = matter.signed - dt.timedelta(days=chance.number(26, 40))
        eligible = chance.number(32, 58)
        for place, step in enumerate(STEPS):
            attended = eligible - chance.number(0, eligible // 4)
            meets = place < 4
            self._county.ledger.enter(
                "village_decision",
                **matter.facts,
                decision_id=decided,
                step=step,
                step_date=day,
                eligible=eligible if meets else None,
                attended=attended if meets else None,
                votes_for=attended - chance.number(0, attended // 6) if meets else None,
                minutes_no=f"{decided}-{place + 1}",
            )
            day += dt.timedelta(days=chance.number(2, 4))

    def _approve(self, matter: Matter) -> None:
        chance, posts = self._chance, self._county.offices.running[matter.village.code]
        morning = dt.datetime.combine(matter.signed - dt.timedelta(days=4), dt.time(9, chance.number(0, 59)))
        for place, (step, position) in enumerate(APPROVERS):
            self._county.ledger.enter(
                "village_approval",
                **matter.facts,
                approval_id=f"SP{matter.number:06d}{place + 1}",
                step=step,
                applicant_id=posts["accountant"],
                approver_id=posts[position],
                approver_role=position,
                submit_time=morning + dt.timedelta(hours=20 * place),
                approve_time=morning + dt.timedelta(hours=20 * place + chance.number(1, 9)),
                result="pass",
            )

    def _seal(self, matter: Matter) -> None:
        chance, posts = self._chance, self._county.offices.running[matter.village.code]
        self._county.ledger.enter(
            "seal_use",
            **matter.facts,
            seal_use_id=f"YZ{matter.number:06d}",
            seal_type="contract",
            use_time=dt.datetime.combine(matter.signed, dt.time(10, chance.number(0, 59))),
            applicant_id=posts["accountant"],
            keeper_id=posts["supervision_head"],
            approval_id=f"SP{matter.number:06d}3",
            purpose="contract",
            copies=chance.number(2, 6),
            off_site=False,
            doc_uploaded=True,
        )

    def _publish(self, matter: Matter) -> None:
        chance = self._chance
        self._county.ledger.enter(
            "village_disclosure",
            **matter.facts,
            disclosure_id=f"GK{matter.number:06d}",
            category="project" if matter.type == "project" else "village_affairs",
            publish_date=matter.signed + dt.timedelta(days=chance.number(1, 6)),
            channel=chance.one(("村务公开栏", "手机端", "微信群", "村务公开栏")),
        )
