"""Copies the workflow files into the table that the database's trigger reads."""

from django.db import transaction

from steelyard.web.powers.flow import FLOWS, flow
from steelyard.web.powers.models import AllowedStep


@transaction.atomic
def renew_allowed_steps() -> int:
    """Replace the rows by what the files say now; runs as the tables' owner after each migration."""
    rows = [
        AllowedStep(flow=name, source=source, target=target)
        for name in FLOWS
        for source, target in sorted(flow(name).pairs())
    ]
    AllowedStep.objects.all().delete()
    AllowedStep.objects.bulk_create(rows)
    return len(rows)
