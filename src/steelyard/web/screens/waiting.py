"""What waits in each room for one person.  Only what the person may see, only what he can do something about."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steelyard.web.alerts.models import Alert, graver
from steelyard.web.alerts.titles import plain_amount, titles
from steelyard.web.audit import queries as record
from steelyard.web.audit.words import act_in_words
from steelyard.web.cases import queries as casework
from steelyard.web.cases.models import Case
from steelyard.web.governance.models import Loophole
from steelyard.web.intake import queries as intake
from steelyard.web.intake.catalogue_files import department_name
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import Post, User
from steelyard.web.people.models import Appeal
from steelyard.web.powers.flow import flow
from steelyard.web.powers.models import Matter
from steelyard.web.screens import figures
from steelyard.web.subjects import queries as subjects
from steelyard.web.workbench.shelf import column_title, dataset_title

Text = str | Promise
NEVER = dt.date.max
MOST = 200


@dataclass(frozen=True)
class Item:
    """One thing to do."""

    text: Text
    """What it is, in one sentence."""
    url: str
    due: dt.date | None = None
    late: bool = False
    grade: str = ""
    do: Text = ""
    """What is to be done with it."""
    about: Any = field(default="")
    """Where, or from whom."""

    count: int = 1
    """How many things the item stands for."""
    case_no: str = ""
    left: int | None = None
    """Working days left, where the room counts them."""

    def urgency(self) -> tuple[bool, dt.date]:
        """Late first, then due soonest."""
        return (not self.late, self.due or NEVER)


def address(name: str, *args: object) -> str:
    """A page of another room; empty where that room has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def cases(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Cases whose next step is the viewer's."""
    yield from _told(viewer, [one for one in casework.waiting_for(viewer) if one.kind == "case"])


def unstaffed(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Open cases that were routed to an office in which nobody can act."""
    gaps = casework.cases.visible_to(viewer).open().filter(staffing_gap=True).order_by("due")[:MOST]
    yield from _told(viewer, [_unstaffed(case, now) for case in gaps.select_related("workflow", "assignee_body")])


def _unstaffed(case: Case, now: dt.datetime) -> casework.Waiting:
    left = casework.days_left(case, now)
    where = f"{case.no} · {case.assignee_body or ''}"
    late = "late" if left is not None and left < 0 else "normal"
    return casework.Waiting(
        _("Find somebody who can take it"), where, case.due, left, address("case_detail", case.no), late, case.grade,
        "case",
    )  # fmt: skip


def questions(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Question sheets put to the viewer or his unit."""
    yield from (_item(one) for one in casework.waiting_for(viewer) if one.kind == "question")


def with_others(viewer: User) -> list[Item]:
    """Cases the viewer worked on that wait for somebody else."""
    return list(_told(viewer, casework.waiting_for_others(viewer, limit=10)))


def _told(viewer: User, listed: Sequence[casework.Waiting]) -> Iterator[Item]:
    """Cases with the sentence of their gravest alert: a number alone tells nobody what it is about."""
    numbers = {one.url.rstrip("/").rsplit("/", 1)[-1]: one for one in listed}
    first: dict[str, Alert] = {}
    money: dict[str, list[Decimal | None]] = {}
    for alert in figures.shown_alerts(viewer).filter(case_no__in=numbers).order_by("case_no", "raised_at", "pk"):
        money.setdefault(alert.case_no, []).append(alert.amount_involved)
        standing = first.setdefault(alert.case_no, alert)
        if graver(alert.grade, standing.grade) != standing.grade:
            first[alert.case_no] = alert
    texts = titles(viewer, first.values())
    for number, one in numbers.items():
        sentence = texts[first[number].pk] if number in first else ""
        sentence += _more(money.get(number, []))
        yield replace(_item(one), about=sentence, case_no=number)


def _more(amounts: Sequence[Decimal | None]) -> str:
    """What else a case is about besides the alert whose sentence stands there, with the sum of all."""
    if len(amounts) < 2:
        return ""
    told = ngettext(" and %(n)s more alert", " and %(n)s more alerts", len(amounts) - 1) % {"n": len(amounts) - 1}
    total = sum((amount for amount in amounts if amount), Decimal(0))
    return told + (_(", CNY %(total)s in all") % {"total": plain_amount(total)} if total else "")


def _item(one: casework.Waiting) -> Item:
    return Item(
        text=one.about, do=one.what, url=one.url, grade=one.grade, late=one.urgency == "late", left=one.days_left,
        due=_last_day(one.until) if one.until else None,
    )  # fmt: skip


def _last_day(until: dt.datetime) -> dt.date:
    """A limit in days ends at the midnight after its last day."""
    return timezone.localtime(until - dt.timedelta(seconds=1)).date()


def appeals(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Open reports that lie with the viewer's own body."""
    today, final = clock.today(), flow("appeal").final
    found = Appeal.objects.visible_to(viewer).filter(receiver_id=viewer.body_id).exclude(state__in=final)
    for appeal in found.select_related("village").order_by("due", "-filed")[:MOST]:
        yield Item(
            text=_("Report %(number)s") % {"number": appeal.number}, url=address("appeal_detail", appeal.pk),
            due=appeal.due, late=bool(appeal.due and appeal.due < today), about=str(appeal.village),
        )  # fmt: skip


def matters(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Village matters the viewer takes part in, the newest first."""
    for matter in Matter.objects.visible_to(viewer).order_by("-started")[:MOST]:
        yield Item(text=f"{matter.number} {matter.asset_title}", url=address("matter_detail", matter.pk))


def loopholes(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Open loopholes of the viewer's area."""
    today, final = clock.today(), flow("loophole").final
    for gap in Loophole.objects.visible_to(viewer).exclude(state__in=final).order_by("due")[:MOST]:
        yield Item(
            text=f"{gap.number} {gap.heading}", url=address("loophole_detail", gap.pk), due=gap.due,
            late=bool(gap.due and gap.due < today),
        )  # fmt: skip


def deliveries(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Interfaces whose newest delivery was refused, and those whose data are older than agreed."""
    for line in intake.interface_lines():
        if line.last_refused:
            newest = intake.deliveries_of(line.id, limit=1)[0]
            yield Item(
                text=_("The last delivery was refused: %(files)s. %(reason)s")
                % {"files": newest["files"] or "—", "reason": newest["message"] or ""},
                url=address("delivery_detail", newest["id"]), late=True,
                about=line.title, do=_("Tell the department why, and ask for it again."),
            )  # fmt: skip
    today = clock.today()
    for dataset in intake.dataset_lines():
        if dataset.is_late(today) and dataset.contract and dataset.delivered_on and dataset.limit_days:
            yield Item(
                text=_("The newest delivery is older than agreed."), url=address("pool_status"), late=True,
                due=dataset.delivered_on + dt.timedelta(days=dataset.limit_days), about=dataset.contract.title,
                do=_("Ask the department for newer data."),
            )  # fmt: skip


def identity_questions(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Open questions of the data-quality queue, one heap a column and reason."""
    for heap in subjects.heaps():
        query = urlencode({"dataset": heap.dataset, "reason": heap.reason, "state": subjects.OPEN})
        yield Item(
            text=f"{dataset_title(heap.dataset)} · {column_title(heap.dataset, heap.column)}",
            url=f"{address('identity_questions')}?{query}",
            about=department_name(heap.supplier) if heap.supplier else "", count=heap.count,
            do=_("%(n)s numbers under another name") % {"n": heap.count}
            if heap.reason == "name-conflict"
            else _("%(n)s numbers that are not valid") % {"n": heap.count},
        )  # fmt: skip


def blind_models(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Models that could not be evaluated somewhere in the viewer's area."""
    for blind in figures.not_evaluable(viewer)[0]:
        reasons = [place.reason for place in blind.places if place.reason]
        yield Item(text="", about=blind.title, url=address("model_detail", blind.id), do=reasons[0] if reasons else "")


def audit(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """The newest acts on accounts and refusals, as a way into the record."""
    for event in record.events()[:5]:
        # Nothing is to be done about an event, so none of them counts as waiting.
        yield Item(
            text=act_in_words(event.action), url=address("audit_list"), about=event.username, due=event.at.date(),
            count=0,
        )  # fmt: skip


def accounts(viewer: User, now: dt.datetime) -> Iterator[Item]:
    """Open accounts that cannot work yet: no second factor, or no post."""
    mine = OuterRef("pk")
    factor, post = Authenticator.objects.filter(user=mine), Post.objects.in_force().filter(user=mine)
    found = User.objects.filter(is_active=True).annotate(factor=Exists(factor), post=Exists(post))
    for user in found.exclude(factor=True, post=True).order_by("username")[:MOST]:
        yield Item(
            text=user.username, about=str(user), url=address("user_detail", user.pk),
            do=_("No post in force.") if user.factor else _("No second factor yet."),
        )  # fmt: skip
