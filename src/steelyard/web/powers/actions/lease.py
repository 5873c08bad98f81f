"""Starting a lease: the tier comes from the sum of linked matters, so that splitting changes nothing."""

import datetime as dt
import secrets
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.orgs import clock, keyring
from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import Line, Role
from steelyard.web.powers.models import Matter
from steelyard.web.powers.process import participants_of, process, tier_of


class OwnBenefit(NotAllowed):
    """Who starts a matter does not gain by it."""

    text = _("You cannot start a matter for yourself. Another official of the village must do it.")


@dataclass(frozen=True)
class NewLease:
    """What the clerk fills in.  Amounts in yuan; ``annual_rent`` per year."""

    asset_id: str
    asset_title: str
    contract_type: str
    party_name: str
    party_number: str
    start_date: dt.date
    end_date: dt.date
    annual_rent: Decimal
    deposit: Decimal


@transaction.atomic
def start_lease(lease: NewLease, *, by: User) -> Matter:
    """Open the matter in the clerk's own village.  Raises NotAllowed, OwnBenefit."""
    if by.body is None or by.body.level != "village" or not by.has_role(Role.VILLAGE_CLERK):
        raise NotAllowed(_("Matters are started by the clerk of the village."))
    if lease.party_name.strip() == by.name:
        raise OwnBenefit
    rules, village = process("lease"), by.body.area_id
    linked = lease.annual_rent + _linked(village, lease.party_name, rules["link_sum"]["window_days"])
    years = Decimal((lease.end_date - lease.start_date).days) / Decimal("365.25")
    number = f"L{village}-{clock.today().year}-{secrets.token_hex(3).upper()}"
    matter = Matter.objects.create(
        number=number, process="lease", process_version=rules["version"], area_code=village, line=Line.REGULATORY,
        participants=participants_of(village), asset_id=lease.asset_id, asset_title=lease.asset_title,
        contract_type=lease.contract_type, party_name=lease.party_name.strip(),
        party_number=keyring.seal(lease.party_number, place=f"powers_matter:party:{number}"),
        start_date=lease.start_date, end_date=lease.end_date, annual_rent=lease.annual_rent, deposit=lease.deposit,
        linked_sum=linked, tier=tier_of(linked, years, rules), started_by=by,
    )  # fmt: skip
    record.write("powers.lease_started", by=by, subject=matter, tier=matter.tier)
    return matter


def _linked(village: str, party: str, window_days: int) -> Decimal:
    """Yearly rents of the same party's other matters in this village in the window."""
    since = clock.now() - dt.timedelta(days=window_days)
    near = Matter.objects.filter(area_code=village, party_name=party.strip(), started__gte=since)
    found = near.aggregate(total=Sum("annual_rent"))["total"]
    return Decimal(found or 0)
