"""What else follows when one firm gets many of a village's projects: most are its own, some lie close together."""

import datetime as dt
from typing import Any

from steelyard.synth.county import County
from steelyard.synth.firms import Firm
from steelyard.synth.places import Village
from steelyard.synth.truth import Key
from steelyard.synth.villages.leases import years_later

SPLIT = "village-project/split-below-threshold"
CONCENTRATED = "village-project/concentrated-contractor"
RELATIVE = "village-project/relative-contractor"
LIMIT = 40_000_000
"""Fen from which a project is called for tenders."""
NEAR = dt.timedelta(days=90)
RED_PARTS, LEAST_PROJECTS, YEARS = 3, 4, 3


def expect_of_many(county: County, village: Village, firm: Firm, story: str) -> None:
    """Call it when the village has everything built that it ever will."""
    listed: list[Any] = [
        row for row in county.ledger.rows["village_project"] if row["village_code"] == village.code and row["sign_date"]
    ]
    own = sorted(
        (row["sign_date"], row["contract_amount"].fen) for row in listed if row["contractor_id"].number == firm.number
    )
    parts = _parts([one for one in own if one[1] < LIMIT])
    key: Key = {"village_code": village.code, "contractor_id": firm}
    if parts:
        grade = "red" if parts >= RED_PARTS else "yellow"
        county.truth.expect(SPLIT, key, grade, story=story, when=own[-1][0])
    since = years_later(county.until, -YEARS)
    lately = [row for row in listed if row["sign_date"] > since]
    won = [one for one in own if one[0] > since]
    whole = sum(row["contract_amount"].fen for row in lately)
    most = 2 * len(won) >= len(lately) or 2 * sum(fen for _, fen in won) >= whole
    if len(lately) >= LEAST_PROJECTS and len(won) >= 2 and most:
        county.truth.expect(CONCENTRATED, key, "yellow", story=story, when=own[-1][0])


def _parts(own: list[tuple[dt.date, int]]) -> int:
    """How many contracts lie in the window with the largest sum that reaches the limit; 0: in none."""
    windows = [[fen for day, fen in own if start <= day < start + NEAR] for start, _ in own]
    reached = [window for window in windows if len(window) > 1 and sum(window) >= LIMIT]
    return len(max(reached, key=sum)) if reached else 0


def expect_of_kin(county: County, village: Village, firm: Firm, story: str, days: list[dt.date]) -> None:
    """Whoever led the firm is kin of somebody who was in office when it got its contracts."""
    kin = county.kin.circle(firm.legal_rep.index)
    for term in county.offices.was_in_office(village.code):
        held = any(term.since <= day and (term.to is None or day <= term.to) for day in days)
        if held and term.person.index in kin:
            key: Key = {"contractor_id": firm, "person_id": term.person}
            county.truth.expect(RELATIVE, key, "red", story=story, when=days[0])
