"""The system's own part: alerts become cases, cases are routed, and what waits for no person moves on.

Each sweep looks at what stands and does what is missing, so it is safe to repeat and to interrupt.
"""

from collections.abc import Mapping

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from steelyard.kit.workdays import ZONE
from steelyard.web.alerts.models import WITHDRAWN, Alert, AlertState, graver
from steelyard.web.audit import record
from steelyard.web.cases import flow, notify
from steelyard.web.cases.acting import people
from steelyard.web.cases.actions.act import carry_out, system_context
from steelyard.web.cases.context import alerts_of, worked_on
from steelyard.web.cases.effects import next_due
from steelyard.web.cases.models import Case, CaseAlert, LedgerEntry, LedgerKind, WorkflowRelease
from steelyard.web.cases.releases import current_release, workflow_of
from steelyard.web.cases.routing import Directory, Place, place, routing
from steelyard.web.orgs import clock


def open_cases() -> dict[str, int]:
    """Give every open alert its case: reopen its own, attach it to one of its kind, or open one and route it.

    Returns counts by what was done.
    """
    done = {"opened": 0, "attached": 0, "reopened": 0}
    release, directory = current_release(), Directory()
    for pk in Alert.objects.filter(state=AlertState.OPEN).order_by("raised_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            alert = Alert.objects.select_for_update().get(pk=pk)
            if alert.state == AlertState.OPEN:
                done[_take(alert, release, directory)] += 1
    return done


def _take(alert: Alert, release: WorkflowRelease, directory: Directory) -> str:
    link = CaseAlert.objects.filter(alert=alert, detached_at__isnull=True).select_related("case__workflow").first()
    if link is not None:
        _reopen(link.case, alert)
        return "reopened"
    placed = place(alert, directory=directory)
    key = group_key(alert, placed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    standing = Case.objects.select_for_update().filter(group_key=key, closed_at__isnull=True).first()
    if standing is not None:
        attach(standing, alert)
        return "attached"
    _open(alert, placed, key, release)
    return "opened"


def group_key(alert: Alert, placed: Place) -> str:
    """What alerts must share to be one piece of work: body, line, domain class, and subjects or declared columns."""
    columns = routing().grouping.get(alert.model_id, [])
    shared = [str(alert.payload[name]) for name in columns if alert.payload.get(name)]
    about = shared or alert.subject_keys or [alert.fingerprint]
    body = placed.handler.pk if placed.handler else 0
    kind = alert.model_id if columns else alert.domain
    return f"{alert.line}|{body}|{kind}|{'+'.join(about)}"[:200]


def _open(alert: Alert, placed: Place, key: str, release: WorkflowRelease) -> Case:
    number, now = _next_number(), clock.now()
    no = f"C{now.astimezone(ZONE):%Y}-{number:05d}"
    case = Case(
        id=number, workflow=release, no=no, state=release.initial, grade=alert.grade, line=alert.line,
        domain=alert.domain, model_id=alert.model_id, area_code=alert.area_code, group_key=key, recused=alert.recused,
        subject_keys=alert.subject_keys, opened_at=now, entered_at=now,
    )  # fmt: skip
    case.due = next_due(system_context(case, flow_move(case), {}), case.state, start=now)
    # In bulk: a case that is not routed yet is no news for anybody.
    Case.objects.bulk_create([case])
    _link(case, alert)
    record.write("case.opened", by=None, subject=case, case_no=no, alert=alert.pk)
    route(case, placed)
    return case


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_case', 'id'))")
        return int(cursor.fetchone()[0])


def flow_move(case: Case) -> flow.Move:
    """Any move of the case's workflow, where only its limits are asked for."""
    return next(iter(workflow_of(case.workflow).moves.values()))


def route(case: Case, placed: Place) -> bool:
    """Give the case to the body that the routing table names; it stays where it is when there is none."""
    move = workflow_of(case.workflow).system_move(case.state, sets="assignee_org")
    if move is None or placed.handler is None:
        Case.objects.filter(pk=case.pk).update(staffing_gap=True)
        return False
    case.assignee_body, case.end, case.assignee = placed.handler, placed.handler.end, None
    case.reviewer_body, case.second_body = placed.reviewer, placed.second
    case.route_rule, case.staffing_gap = placed.rule, placed.gap
    case.copies = [body.pk for body in placed.copies]
    carry_out(system_context(case, move, {"rule": placed.rule, "body": placed.handler.code, "gap": placed.gap}))
    if placed.gap:
        notify.tell(people(case, "dispatcher"), "gap", case=case, step_no=case.version)
    return True


def attach(case: Case, alert: Alert) -> None:
    """Add an alert to an open case; the graver grade and the stricter recusals hold for all of it."""
    _link(case, alert)
    rise(case, alert.grade)
    case.save()
    record.write("case.alert_attached", by=None, subject=case, case_no=case.no, alert=alert.pk)


def rise(case: Case, grade: str) -> None:
    """Raise the grade where the alert's is graver; the limit becomes the earlier of the two."""
    if graver(case.grade, grade) == case.grade:
        return
    case.grade = graver(case.grade, grade)
    move = flow_move(case)
    again = next_due(system_context(case, move, {}), case.state, start=case.entered_at)
    case.due = min((due for due in (case.due, again) if due), default=None)


def _link(case: Case, alert: Alert) -> None:
    CaseAlert.objects.create(case=case, alert=alert)
    case.subject_keys = sorted({*case.subject_keys, *alert.subject_keys})
    if case.recused != alert.recused:
        case.recused = sorted({*case.recused, *alert.recused})
        worked_on(case).update(recused=case.recused)
    Alert.objects.filter(pk=alert.pk).update(state=AlertState.IN_CASE, case_no=case.no, participants=case.participants)
    if alert.amount_involved and alert.amount_involved > 0:
        LedgerEntry.objects.create(
            case=case, alert=alert, kind=LedgerKind.INVOLVED, amount=alert.amount_involved, on=alert.as_of
        )


def _reopen(case: Case, alert: Alert) -> None:
    """The matter came back: the closed case starts its next episode; an open one only takes note."""
    workflow = workflow_of(case.workflow)
    move = workflow.system_move(case.state, sets="episode_plus_one")
    Alert.objects.filter(pk=alert.pk).update(state=AlertState.IN_CASE)
    if move is None:
        return
    cause = next((one for one in workflow.reopen_causes if one.startswith("recurrence")), workflow.reopen_causes[0])
    case.grade = graver(case.grade, alert.grade)
    carry_out(system_context(case, move, {"reopen_cause": cause, "alert": alert.pk}))
    route(case, place(alert, excluded=case.excluded))


def follow_data() -> int:
    """Cases whose alerts all vanished from the data go to review, and those resting on data that was withdrawn.

    Nobody but a person closes them.
    """
    still_there = Alert.objects.filter(links__case=OuterRef("pk"), links__detached_at__isnull=True, data_gone=False)
    gone = Alert.objects.filter(links__case=OuterRef("pk"), links__detached_at__isnull=True, data_gone=True)
    moved = 0
    for case in Case.objects.open().filter(Exists(gone), ~Exists(still_there), cleared_by_data=False):
        moved += _system_step(case, {"data_change": "finding vanished"}, needs="data_change")
    withdrawn = Alert.objects.filter(
        links__case=OuterRef("pk"), links__detached_at__isnull=True, revisions__kind=WITHDRAWN,
        revisions__episode=F("episode"),
    )  # fmt: skip
    for case in Case.objects.open().filter(Exists(withdrawn), cleared_by_data=False):
        moved += _system_step(case, {"data_change": "data withdrawn"}, needs="data_change")
    return moved


def follow_grades() -> int:
    """Open cases rise to the gravest grade of their alerts."""
    risen = 0
    for link in CaseAlert.objects.filter(detached_at__isnull=True, case__closed_at__isnull=True).select_related(
        "case__workflow", "alert"
    ):
        if graver(link.case.grade, link.alert.grade) != link.case.grade:
            with transaction.atomic():
                case = Case.objects.select_for_update().get(pk=link.case_id)
                rise(case, link.alert.grade)
                case.save()
                record.write("case.grade_rose", by=None, subject=case, case_no=case.no, grade=case.grade)
                notify.tell_turn(case)
                risen += 1
    return risen


def reroute() -> int:
    """Cases that nobody has been given yet are tried again; those a body refused wait for the dispatcher."""
    moved = 0
    waiting = Case.objects.open().filter(assignee_body__isnull=True, version=0)
    for case in waiting:
        with transaction.atomic():
            locked = Case.objects.select_for_update().get(pk=case.pk)
            moved += route(locked, place(alerts_of(locked)[0], excluded=locked.excluded))
    return moved


@transaction.atomic
def _system_step(case: Case, payload: Mapping[str, object], *, needs: str = "", guard: str = "") -> int:
    locked = Case.objects.select_for_update().get(pk=case.pk)
    move = workflow_of(locked.workflow).system_move(locked.state, needs=needs, guard=guard)
    if move is None:
        return 0
    carry_out(system_context(locked, move, payload))
    return 1


def lapse() -> int:
    """Where a deadline passed for which the workflow gives the system a move, make it."""
    now = clock.now()
    moved = 0
    for case in Case.objects.open().filter(due__lt=now).select_related("workflow"):
        moved += _system_step(case, {"due": case.due}, guard="deadline_passed")
    return moved


def resume() -> int:
    """A pause that lasted its longest ends by itself."""
    now = clock.now()
    moved = 0
    for case in Case.objects.open().filter(due__lt=now).select_related("workflow"):
        workflow = workflow_of(case.workflow)
        if case.state in workflow.clock_stops_in:
            moved += _system_step(case, {"due": case.due})
    return moved
