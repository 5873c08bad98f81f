"""What the pages of a case show, gathered once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from steelyard.web.alerts.evidence import tables
from steelyard.web.alerts.models import Alert
from steelyard.web.alerts.titles import areas_named, titles
from steelyard.web.alerts.work import Work
from steelyard.web.cases import acting, actions, flow, queries
from steelyard.web.cases.context import alerts_of, ledger_sums
from steelyard.web.cases.forms import MoveForm
from steelyard.web.cases.models import Case, LedgerKind, Step
from steelyard.web.cases.questions import FOUR, answer_text
from steelyard.web.cases.releases import workflow_of
from steelyard.web.cases.routing import rule_title
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User, in_language


@dataclass(frozen=True)
class Row:
    """A case in a list."""

    case: Case
    sentence: str
    more: int
    state: str
    days_left: int | None
    area: str


def rows(viewer: User, found: Iterable[Case]) -> list[Row]:
    """Cases with the sentence of their first alert; names are looked up once for all."""
    listed = list(found)
    alerts = {case.pk: alerts_of(case) for case in listed}
    said = titles(viewer, [alert for several in alerts.values() for alert in several[:1]])
    areas = areas_named(case.area_code for case in listed)
    now = clock.now()
    return [
        Row(
            case, said.get(alerts[case.pk][0].pk, "") if alerts[case.pk] else "", max(len(alerts[case.pk]) - 1, 0),
            queries.state_title(case), queries.days_left(case, now) if case.is_open else None,
            areas.get(case.area_code, ""),
        )
        for case in listed
    ]  # fmt: skip


@dataclass(frozen=True)
class Rail:
    """One station of the step rail."""

    title: str
    done: bool
    current: bool


def rail(case: Case, workflow: flow.Workflow) -> list[Rail]:
    """Where the case has been in this episode, where it is, and the rest of the usual way."""
    been = list(
        dict.fromkeys([*case.steps.filter(episode=case.episode).values_list("from_state", flat=True), case.state])
    )
    way = _usual_way(workflow, case.state)
    return [_station(workflow, name, name in been and name != case.state, name == case.state) for name in [*been, *way]]


def _usual_way(workflow: flow.Workflow, state: str) -> list[str]:
    """Ahead from a state: the first onward move of those whose turn it is, until the end."""
    found: list[str] = []
    while state not in workflow.final and len(found) < len(workflow.states):
        wanted = workflow.actors_wanted(state) | {flow.SYSTEM}
        ahead = [
            move.target
            for move in workflow.moves_from(state)
            if move.target and not move.is_aside and set(move.by) & wanted and move.target not in [state, *found]
            and "outcome_merged" not in move.sets
        ]  # fmt: skip
        later = [name for name in ahead if list(workflow.states).index(name) > list(workflow.states).index(state)]
        if not later:
            break
        state = min(later, key=list(workflow.states).index)
        found.append(state)
    return found


def _station(workflow: flow.Workflow, name: str, done: bool, current: bool) -> Rail:
    title = workflow.states[name].title
    return Rail(in_language(title["zh"], title["en"]), done, current)


@dataclass(frozen=True)
class LogRow:
    """One step as shown."""

    step: Step
    move: str
    actor: str
    to: str
    texts: list[tuple[str, str]]


def log(case: Case, workflow: flow.Workflow) -> list[LogRow]:
    """The log, the first step first."""
    found = []
    for step in case.steps.select_related("user", "body").order_by("no"):
        actor = workflow.actors.get(step.actor, {})
        to = workflow.states[step.to_state].title
        found.append(
            LogRow(
                step, _title(workflow, step.move),
                in_language(str(actor.get("zh", step.actor)), str(actor.get("en", step.actor))),
                in_language(to["zh"], to["en"]), _texts(step),
            )
        )  # fmt: skip
    return found


def _texts(step: Step) -> list[tuple[str, str]]:
    """What people said with a step, in their words."""
    spoken = ("reason", "findings", "reasons", "opinion", "questions", "inspection_text", "early_because",
              "deferral", "measures_text", "no_files_because", "root_cause", "conclusion_text", "plan")  # fmt: skip
    return [(name, str(step.payload[name])) for name in spoken if step.payload.get(name)]


@dataclass(frozen=True)
class Answer:
    """One of the four questions with its latest answers."""

    no: int
    text: str
    intended: str
    intended_text: str
    done: str
    done_text: str


def four_answers(case: Case) -> list[Answer]:
    latest = {(row.question, row.stage): row for row in case.answers.order_by("pk")}
    found = []
    for question in FOUR:
        said = {stage: latest.get((question.no, stage)) for stage in ("intended", "done")}
        shown = {
            stage: (answer_text(question.no, row.value), row.text) if row else ("", "") for stage, row in said.items()
        }
        found.append(Answer(question.no, str(question.text), *shown["intended"], *shown["done"]))
    return found


def detail(case: Case, viewer: User) -> dict[str, Any]:
    """The context of the case page and of the dossier."""
    workflow = workflow_of(case.workflow)
    alerts = alerts_of(case)
    said = titles(viewer, alerts)
    offered = acting.offers(case, viewer)
    onward = [one for one in offered if one.move.target is not None]
    parts = acting.parts_of(case, viewer, workflow)
    main = _main(case, onward, workflow.actors_wanted(case.state) & parts)
    sums, owed = ledger_sums(case), case.ledger.filter(kind=LedgerKind.RECOVERABLE).exists()
    sheets = [(sheet, list(sheet.explanations.order_by("pk")), list(sheet.files.order_by("at")))
              for sheet in case.sheets.select_related("addressee_body", "addressee").order_by("pk")]  # fmt: skip
    requests = case.requests.filter(decided_at__isnull=True).select_related("by")
    return {
        "case": case, "state": queries.state_title(case), "workflow": workflow,
        "next_move": queries.next_moves(case, parts),
        "route_title": _rule(case.route_rule),
        "early": bool(main and main.move.inspects and case.inspection_due and clock.today() < case.inspection_due),
        "days_left": queries.days_left(case, clock.now()) if case.is_open else None,
        "alerts": [(alert, said[alert.pk], tables(viewer, alert.evidence, alert.model_id)) for alert in alerts],
        "area": areas_named([case.area_code]).get(case.area_code, ""), "main": main,
        "onward": [one for one in onward if one is not main],
        "aside": [one for one in offered if one.move.target is None], "rail": rail(case, workflow),
        "log": log(case, workflow), "answers": four_answers(case),
        "sums": [(label, sums[kind]) for kind, label in LedgerKind.choices] if case.ledger.exists() else [],
        "outstanding": sums["outstanding"] if owed else None,
        "entries": case.ledger.select_related("by", "corrects").order_by("pk"),
        "sheets": sheets, "explained": [one for one in sheets if one[1]] if case.is_open else [],
        "measures": case.measures.order_by("pk"), "inspections": case.inspections.select_related("by").order_by("pk"),
        "files": case.files.select_related("by").order_by("at"), "is_handler": "handler" in parts, "parts": parts,
        "requests": [(one, actions.may_decide(one, case, viewer), _title(workflow, one.action)) for one in requests],
        "signatures": [one.move for one in onward if "second_signature" in one.move.needs],
    }  # fmt: skip


def _main(case: Case, onward: Iterable[acting.Offer], wanted: set[str]) -> acting.Offer | None:
    """The one step to press for: the first that leads on, never one that goes back, away or aside."""
    offered = {one.move.name: one for one in onward if not one.barred}
    ahead = acting.ahead(case, wanted) if wanted else []
    return next((offered[move.name] for move in ahead if move.name in offered), None)


def _title(workflow: flow.Workflow, name: str) -> str:
    title = workflow.moves[name].title if name in workflow.moves else {"zh": name, "en": name}
    return in_language(title["zh"], title["en"])


def _rule(name: str) -> str:
    title = rule_title(name)
    return in_language(title["zh"], title["en"])


@dataclass(frozen=True)
class Said:
    """What somebody before proposed, with his reasons."""

    row: LogRow
    verdicts: list[tuple[str, str]]


def said_before(case: Case, viewer: User) -> list[Said]:
    """What a decision rests on: findings, verdicts and reasons of the stages before, the newest first."""
    rows = [row for row in log(case, workflow_of(case.workflow)) if row.step.episode == case.episode]
    shown = titles(viewer, alerts_of(case))
    verdicts: dict[int, list[tuple[str, str]]] = {}
    for one in case.verdicts.order_by("pk"):
        verdicts.setdefault(one.step_no, []).append((shown.get(one.alert_id, ""), one.get_verdict_display()))
    found = [Said(row, verdicts.get(row.step.no, [])) for row in rows if row.texts]
    return [one for one in reversed(found) if "questions" not in one.row.step.payload][:4]


def explained(case: Case) -> list[tuple[Any, list[Any]]]:
    """Question sheets that were answered."""
    sheets = case.sheets.select_related("addressee_body", "addressee").order_by("pk")
    return [(sheet, said) for sheet in sheets if (said := list(sheet.explanations.order_by("pk")))]


def groups(form: MoveForm) -> list[tuple[str, list[Any]]]:
    """The fields of a form in groups: the four questions stand together, verdicts by alert."""
    found: dict[str, list[Any]] = {}
    for field in form:
        head = "questions" if field.name[0] == "q" and field.name[1:2].isdigit() else ""
        head = "verdicts" if field.name.startswith(("verdict_", "cause_")) else head
        head = "checklist" if field.name.startswith("check_") else head
        found.setdefault(head, []).append(field)
    return list(found.items())


def work_on(alert: Alert, viewer: User) -> Work | None:
    """What the alert page says about the case."""
    case = queries.case_by_no(viewer, alert.case_no) if alert.case_no else None
    if case is None:
        return None
    workflow = workflow_of(case.workflow)
    wanted, parts = workflow.actors_wanted(case.state), acting.parts_of(case, viewer, workflow)
    holder = str(case.assignee or case.assignee_body or "")
    return Work(
        no=case.no, url=reverse("case_detail", args=[case.no]), state=queries.state_title(case),
        next_move=queries.next_moves(case, parts), until=case.due,
        days_left=queries.days_left(case, clock.now()) if case.is_open else None, holder=holder,
        mine=bool(wanted & parts),
    )  # fmt: skip
