"""The menu: which pages a role sees.  A page guards itself; this only spares people dead ends."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steelyard.web.orgs.models import User
from steelyard.web.orgs.words import CASE_ROLES, Role

VILLAGE = {Role.VILLAGE_SECRETARY, Role.VILLAGE_CLERK, Role.VILLAGE_SUPERVISION}
LEADERS = {
    Role.REVIEWER,
    Role.SECOND_REVIEWER,
    Role.SUPERVISOR,
    Role.ANALYST,
    Role.GOVERNANCE,
    Role.DISPATCHER,
}


RUNNERS = {Role.STEWARD, Role.ANALYST, Role.SUPERVISOR, Role.SECOND_REVIEWER}


@dataclass(frozen=True)
class Entry:
    """One line of the menu.  ``roles`` empty: everybody who is signed in."""

    url_name: str
    label: str | Promise
    icon: str
    roles: frozenset[str] = frozenset()


MENU = (
    Entry("my_work", _("My work"), "inbox"),
    Entry("overview", _("Overview"), "chart", frozenset(CASE_ROLES)),
    Entry("alert_list", _("Alerts"), "bell", frozenset(CASE_ROLES)),
    Entry("case_list", _("Cases"), "briefcase", frozenset(CASE_ROLES)),
    Entry("question_list", _("Questions to me"), "message", frozenset({Role.EXPLAINER, *VILLAGE})),
    Entry("appeal_desk", _("Villagers' reports"), "users", frozenset({Role.APPEAL_DESK, Role.CLUE_OFFICE})),
    Entry("matter_list", _("Village matters"), "home", frozenset({*VILLAGE, Role.HANDLER, Role.REVIEWER})),
    Entry("loophole_list", _("Loopholes"), "shield", frozenset({Role.GOVERNANCE, *LEADERS})),
    Entry("model_list", _("Models"), "scale", frozenset(CASE_ROLES | {Role.STEWARD})),
    Entry("model_health", _("Health of models"), "shield", frozenset(RUNNERS)),
    Entry("model_scores", _("Model scores"), "chart", frozenset(RUNNERS)),
    Entry("held_list", _("Held back"), "inbox", frozenset({Role.ANALYST, Role.STEWARD})),
    Entry("pool_status", _("Data pool"), "database", frozenset({Role.STEWARD, Role.ANALYST, *LEADERS})),
    Entry("push_latency", _("Push to alert"), "clock", frozenset({Role.STEWARD, Role.ANALYST, *LEADERS})),
    Entry("identity_questions", _("Data quality"), "fingerprint", frozenset({Role.STEWARD})),
    Entry("review_queue", _("Same or not"), "pair", frozenset({Role.STEWARD, Role.ANALYST})),
    Entry("user_list", _("Accounts"), "key", frozenset({Role.USER_ADMIN})),
    Entry("audit_list", _("Audit record"), "eye", frozenset({Role.AUDITOR})),
)


@dataclass(frozen=True)
class Link:
    """A line of the menu as shown."""

    url: str
    label: str
    icon: str
    current: bool


def menu_for(user: User, path: str) -> list[Link]:
    """The lines for one person; the one that leads to ``path`` is marked."""
    shown: list[tuple[str, Entry]] = []
    for entry in MENU:
        if entry.roles and not user.roles & entry.roles:
            continue
        try:
            shown.append((reverse(entry.url_name), entry))
        except NoReverseMatch:
            continue
    # The longest beginning: /models/held/ is no page of /models/ where it has a line of its own.
    leading = max((url for url, _entry in shown if _leads(url, path)), key=len, default="")
    return [Link(url, str(entry.label), entry.icon, url == leading) for url, entry in shown]


def _leads(url: str, path: str) -> bool:
    return path.startswith(url) if url != "/" else path == url
