"""Closed sets of words about bodies and people; their names are shown in the reader's language."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """The five levels, from the top."""

    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")
    TOWN = "town", _("Township")
    VILLAGE = "village", _("Village")


DIGITS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWN: 9, Level.VILLAGE: 12}
"""How many digits of a 12-digit area code name an area of a level."""


class End(models.TextChoices):
    """The three ends of supervision."""

    SUPERVISION = "supervision", _("Supervision end")
    ENTERPRISE = "enterprise", _("Enterprise end")
    DISCIPLINE = "discipline", _("Discipline end")


class Line(models.TextChoices):
    """The two lines: is the conduct compliant; is power used cleanly."""

    REGULATORY = "regulatory", _("Regulatory line")
    SUPERVISORY = "supervisory", _("Supervisory line")


class Role(models.TextChoices):
    """What a post lets its holder do.  A person may hold several posts in one body."""

    DISPATCHER = "dispatcher", _("Dispatcher")
    HANDLER = "handler", _("Handler")
    EXPLAINER = "explainer", _("Explainer")
    REVIEWER = "reviewer", _("Reviewer")
    SECOND_REVIEWER = "second_reviewer", _("Second reviewer")
    INSPECTOR = "inspector", _("Inspector")
    SUPERVISOR = "supervisor", _("Supervisor")
    CLUE_OFFICE = "clue_office", _("Clue office")
    ANALYST = "analyst", _("Analyst")
    STEWARD = "steward", _("Data steward")
    APPEAL_DESK = "appeal_desk", _("Appeal desk")
    GOVERNANCE = "governance", _("Governance officer")
    VILLAGE_SECRETARY = "village_secretary", _("Village Party secretary")
    VILLAGE_CLERK = "village_clerk", _("Village clerk")
    VILLAGE_SUPERVISION = "village_supervision", _("Village supervision committee")
    AUDITOR = "auditor", _("Security auditor")
    USER_ADMIN = "user_admin", _("User administrator")


CASE_ROLES = frozenset(
    {
        Role.DISPATCHER, Role.HANDLER, Role.REVIEWER, Role.SECOND_REVIEWER, Role.INSPECTOR,
        Role.SUPERVISOR, Role.CLUE_OFFICE, Role.ANALYST, Role.GOVERNANCE,
    }
)  # fmt: skip
"""Roles whose work is alerts and cases; without one of them a person sees none."""

NEED_IDENTITY = CASE_ROLES | {Role.APPEAL_DESK}
"""Roles that rest until it is known who their holder is in the register: without that nobody is recused."""


class Identity(models.TextChoices):
    """Whether it is known who the holder of an account is in the register."""

    UNASKED = "", _("no identity number was given")
    ASKED = "asked", _("being looked up in the register")
    KNOWN = "known", _("known in the register")
    ABSENT = "absent", _("not in the register")
    DIFFERS = "differs", _("the register knows the number under another name")
