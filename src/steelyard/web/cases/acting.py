"""In which part somebody may act on a case, and who is meant by a part."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from steelyard.web.cases import flow, guards
from steelyard.web.cases.context import Context
from steelyard.web.cases.models import Case
from steelyard.web.cases.releases import workflow_of
from steelyard.web.cases.routing import LEVELS, staff
from steelyard.web.orgs.models import Body, Post, User, in_language
from steelyard.web.orgs.words import DIGITS, Level

SEATS = {"handler": "assignee_body_id", "reviewer": "reviewer_body_id", "second_reviewer": "second_body_id"}
"""Parts that a case gives to one body."""


@dataclass(frozen=True)
class Offer:
    """A move somebody may make now; ``barred`` says why it must wait, where it must."""

    move: flow.Move
    actor: str
    barred: str | Promise

    @property
    def asks(self) -> bool:
        """Whether something must be filled in."""
        return bool(self.move.needs or "assignee_org" in self.move.sets)


def parts_of(case: Case, user: User, workflow: flow.Workflow) -> set[str]:
    """The parts in which this user may act on this case now, separation of persons included."""
    if user.body is None or user.pk in case.recused:
        return set()
    parts = {name for name, given in workflow.actors.items() if user.has_role(name) and _end_fits(user.body, given)}
    parts -= {flow.SYSTEM, flow.EXPLAINER}
    parts = {part for part in parts if part not in SEATS or getattr(case, SEATS[part]) == user.body_id}
    if case.assignee_id not in (None, user.pk) or user.pk in case.excluded:
        parts.discard("handler")
    played = set(case.steps.filter(user=user, actor__in=flow.APART).values_list("actor", flat=True))
    if played:
        parts -= set(flow.APART) - played
    return parts


def _end_fits(body: Body, actor: object) -> bool:
    ends = actor.get("end") if isinstance(actor, dict) else None
    return not ends or body.end in ends


def offers(case: Case, user: User) -> list[Offer]:
    """The moves open to a user on this case, transitions first."""
    workflow = workflow_of(case.workflow)
    parts = parts_of(case, user, workflow)
    return list(_offers(case, user, workflow, parts))


def _offers(case: Case, user: User, workflow: flow.Workflow, parts: set[str]) -> Iterator[Offer]:
    for move in workflow.moves_from(case.state):
        actor = next((part for part in move.by if part in parts), None)
        if actor is None:
            continue
        context = Context(case, move, actor, user)
        if guards.out_of_place(context):
            continue
        yield Offer(move, actor, guards.barred(context) or "")


def ahead(case: Case, parts: set[str] | None = None) -> list[flow.Move]:
    """The moves that can be made now and lead on, the likeliest first; ``parts``: of whom, else of anybody wanted.

    Where nothing leads on, whatever else is open.
    """
    workflow = workflow_of(case.workflow)
    wanted = workflow.actors_wanted(case.state)
    if parts is not None:
        wanted = (wanted & parts) or wanted
    found = []
    for move in workflow.moves_from(case.state):
        actor = next((part for part in move.by if part in wanted), None)
        if actor is None or move.target is None or move.is_aside:
            continue
        context = Context(case, move, actor, None)
        if not guards.out_of_place(context) and not guards.barred(context):
            found.append((move, context))
    onward = [(move, context) for move, context in found if workflow.leads_on(move, case.state)]
    order = list(workflow.states)
    ranked = sorted(onward or found, key=lambda one: (_unlikely(*one), order.index(one[0].to(case.state))))
    return [move for move, _context in ranked]


def _unlikely(move: flow.Move, context: Context) -> bool:
    """What the verdicts proposed so far speak against, and questions that were answered already."""
    return bool(guards.barred(context, final=True)) or (move.asks and explanation_came(context.case))


def explanation_came(case: Case) -> bool:
    """Whether this episode's questions were answered, or their day passed without an answer."""
    if case.explanation_absent:
        return True
    first = case.steps.filter(episode=case.episode).order_by("no").first()
    answered = case.sheets.filter(answered_at__isnull=False, taken_at__isnull=False)
    return bool(first is not None and answered.filter(asked_at__gte=first.at).exists())


def why_not(case: Case, move: flow.Move, user: User) -> str:
    """Why the user may not make this move."""
    workflow = workflow_of(case.workflow)
    parts = [(part, workflow.actors.get(part, {})) for part in move.by if part != flow.SYSTEM]
    who = " / ".join(in_language(str(given.get("zh", part)), str(given.get("en", part))) for part, given in parts)
    played = case.steps.filter(user=user, actor__in=flow.APART).exclude(actor__in=move.by).first()
    if user.pk in case.recused:
        return _("You are concerned by this case yourself, or near to somebody who is.")
    if played is not None:
        return _("You acted on this case in another part; handling, review and inspection need different persons.")
    if "handler" in move.by and (case.assignee_id not in (None, user.pk) or user.pk in case.excluded):
        return _("This case lies with another handler, or you handled it before it was reopened.")
    return _("This step is for: %(who)s of the body that the case was given to.") % {"who": who}


def part_for(case: Case, move: flow.Move, user: User) -> str | None:
    """The part in which the user would make this move; None where he may not."""
    parts = parts_of(case, user, workflow_of(case.workflow))
    return next((part for part in move.by if part in parts), None)


def people(case: Case, part: str) -> QuerySet[User]:
    """Who is meant by a part of a case, recused and excluded persons left out."""
    found = _candidates(case, part).exclude(pk__in=case.recused)
    return found.exclude(pk__in=case.excluded) if part == "handler" else found


def _candidates(case: Case, part: str) -> QuerySet[User]:
    if part == "handler" and case.assignee_id:
        return User.objects.filter(pk=case.assignee_id)
    if part == "handler_leader":
        return staff_of(case.assignee_body, "supervisor")
    if part in SEATS:
        return staff_of(getattr(case, SEATS[part].removesuffix("_id")), part)
    if part in ("parent_dispatcher", "grandparent_supervisor"):
        role = part.rsplit("_", 1)[1]
        return _above(case, role, 1 if part.startswith("parent") else 2)
    return _above(case, part, 0)


def staff_of(body: Body | None, role: str) -> QuerySet[User]:
    found: QuerySet[User] = staff(body, role) if body else User.objects.none()
    return found


def _above(case: Case, role: str, levels_up: int) -> QuerySet[User]:
    """Holders of a role in bodies of the case's area and the areas around it, from so many levels up."""
    start = LEVELS.index(case.assignee_body.level) if case.assignee_body else len(LEVELS) - 1
    wanted = LEVELS[: max(start - levels_up, 0) + 1]
    areas = [case.area_code[: DIGITS[Level(level)]].ljust(12, "0") for level in wanted]
    bodies = Body.objects.filter(Q(level__in=wanted), area_id__in=areas)
    if case.line == "supervisory":
        bodies = bodies.filter(end="discipline")
    posts = Post.objects.in_force().filter(role=role)
    return User.objects.filter(body__in=bodies, is_active=True, posts__in=posts).distinct()
