"""Decisions, approvals, seals and publications that go with a matter of the village."""

import datetime as dt

from steelyard.synth.chance import Chance
from steelyard.synth.county import County
from steelyard.synth.places import Village

ONLINE_SINCE = dt.date(2021, 6, 1)
STEPS = ("proposal", "joint_meeting", "party_meeting", "vote", "decision_public", "result_public")
APPROVERS = (("committee", "village_head"), ("secretary", "party_secretary"), ("supervision", "supervision_head"))


class Papers:
    """The books of the village platform, kept since it went online."""

    def __init__(self, county: County) -> None:
        self._county = county
        self._chance: Chance = county.chance("village papers")
        self._count = 0

    def settle_matter(
        self, village: Village, matter_type: str, matter_id: str, signed: dt.date, *, published: bool = True
    ) -> None:
        """The usual way of a matter that was signed on a day: decided, approved, sealed, published."""
        if signed < ONLINE_SINCE:
            return
        chance, county, ledger = self._chance, self._county, self._county.ledger
        posts = county.offices.running[village.code]
        self._count += 1
        decided = f"JC{self._count:06d}"
        day = signed - dt.timedelta(days=chance.number(26, 40))
        eligible = chance.number(32, 58)
        for place, step in enumerate(STEPS):
            attended = eligible - chance.number(0, eligible // 4)
            meets = place < 4
            ledger.enter(
                "village_decision",
                decision_id=decided,
                village_code=village.code,
                matter_type=matter_type,
                matter_id=matter_id,
                step=step,
                step_date=day,
                eligible=eligible if meets else None,
                attended=attended if meets else None,
                votes_for=attended - chance.number(0, attended // 6) if meets else None,
                minutes_no=f"{decided}-{place + 1}",
            )
            day += dt.timedelta(days=chance.number(2, 4))
        morning = dt.datetime.combine(signed - dt.timedelta(days=4), dt.time(9, chance.number(0, 59)))
        for place, (step, position) in enumerate(APPROVERS):
            ledger.enter(
                "village_approval",
                approval_id=f"SP{self._count:06d}{place + 1}",
                village_code=village.code,
                matter_type=matter_type,
                matter_id=matter_id,
                step=step,
                applicant_id=posts["accountant"],
                approver_id=posts[position],
                approver_role=position,
                submit_time=morning + dt.timedelta(hours=20 * place),
                approve_time=morning + dt.timedelta(hours=20 * place + chance.number(1, 9)),
                result="pass",
            )
        ledger.enter(
            "seal_use",
            seal_use_id=f"YZ{self._count:06d}",
            village_code=village.code,
            seal_type="contract",
            use_time=dt.datetime.combine(signed, dt.time(10, chance.number(0, 59))),
            matter_type=matter_type,
            matter_id=matter_id,
            applicant_id=posts["accountant"],
            keeper_id=posts["supervision_head"],
            approval_id=f"SP{self._count:06d}3",
            purpose="contract",
            copies=chance.number(2, 6),
            off_site=False,
            doc_uploaded=True,
        )
        if published:
            ledger.enter(
                "village_disclosure",
                disclosure_id=f"GK{self._count:06d}",
                village_code=village.code,
                matter_type=matter_type,
                matter_id=matter_id,
                category="project" if matter_type == "project" else "village_affairs",
                publish_date=signed + dt.timedelta(days=chance.number(1, 6)),
                channel=chance.one(("村务公开栏", "手机端", "微信群", "村务公开栏")),
            )
