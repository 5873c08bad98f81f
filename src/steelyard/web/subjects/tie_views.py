"""The relation explorer: a drawing to expand, and the same as text for those who cannot use one."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from steelyard.identity import ties
from steelyard.web.subjects import opening, tie_pages
from steelyard.web.subjects.access import refused
from steelyard.web.subjects.models import Opening
from steelyard.web.subjects.subject_views import Looked, for_opened
from steelyard.web.subjects.tie_pages import Namer

MOST_DIGITS = 6
"""Of the number of nodes in a drawing."""


@dataclass(frozen=True)
class Asked:
    """What of the ties is asked for."""

    node: str
    to: str
    kinds: tuple[str, ...]
    as_of: dt.date | None

    @classmethod
    def read(cls, request: HttpRequest, key: str) -> "Asked":
        """Anything that makes no sense is left out."""
        try:
            as_of = dt.date.fromisoformat(request.GET.get("as_of", ""))
        except ValueError:
            as_of = None
        chosen = tuple(kind for kind in request.GET.getlist("kind") if kind in ties.KINDS)
        return cls(request.GET.get("node") or key, request.GET.get("to", ""), chosen, as_of)

    def is_open(self, looked: Looked) -> bool:
        """Whether both ends were shown under this opening, or are its subject."""
        known = {"", looked.subject.key, *looked.opening.shown}
        return {self.node, self.to} <= known


@for_opened
def subject_ties(request: HttpRequest, looked: Looked) -> HttpResponse:
    """Ties of a node, or the ways between two; without script too."""
    asked = Asked.read(request, looked.subject.key)
    if not asked.is_open(looked):
        return refused(request, "subject.refused", looked.subject.key, "not shown before")
    opening.note_look(looked.opening, "subject.ties_read", node=asked.node, to=asked.to)
    viewer = looked.viewer
    if asked.to:
        between, drawn = tie_pages.ways(viewer, asked.node, asked.to, asked.kinds, asked.as_of)
        seen = None
    else:
        between, drawn = None, tie_pages.graph(viewer, asked.node, asked.kinds, asked.as_of)
        seen = tie_pages.by_kind(viewer, asked.node, asked.kinds, asked.as_of)
    _remember(looked.opening, drawn, seen)
    name = Namer(viewer, {looked.subject.key, asked.node, asked.to, *looked.opening.shown} - {""})
    context = {
        "subject": looked.subject, "asked": asked, "seen": seen, "between": between, "drawn": drawn,
        "name": name(looked.subject.key), "node_name": name(asked.node), "to_name": name(asked.to) if asked.to else "",
        "kinds": tie_pages.kinds(), "shown": _choices(looked, name),
    }  # fmt: skip
    return render(request, "subjects/subject_ties.html", context)


@for_opened
def tie_data(request: HttpRequest, looked: Looked) -> HttpResponse:
    """The same as data, under the same rights and on the same record."""
    asked = Asked.read(request, looked.subject.key)
    if not asked.is_open(looked):
        return refused(request, "subject.refused", looked.subject.key, "not shown before")
    opening.note_look(looked.opening, "subject.ties_read", node=asked.node, to=asked.to)
    drawn = (
        tie_pages.ways(looked.viewer, asked.node, asked.to, asked.kinds, asked.as_of)[1] if asked.to
        else tie_pages.graph(looked.viewer, asked.node, asked.kinds, asked.as_of)
    )  # fmt: skip
    _remember(looked.opening, drawn, None)
    return JsonResponse(drawn)


@require_POST
@for_opened
def tie_exported(request: HttpRequest, looked: Looked) -> HttpResponse:
    """Note that the drawing is taken out as a picture; the script asks before it makes one."""
    form = request.POST.get("form", "")
    nodes = request.POST.get("nodes", "0")
    if form not in ("png", "svg") or not nodes.isdecimal() or len(nodes) > MOST_DIGITS:
        return HttpResponse(status=422)
    opening.note_look(looked.opening, "subject.ties_exported", form=form, nodes=int(nodes))
    return HttpResponse(status=204)


def _remember(opened: Opening, drawn: dict[str, list[dict[str, str]]], seen: tie_pages.Seen | None) -> None:
    nodes = [node["id"] for node in drawn["nodes"]]
    if seen:
        nodes += [line.other for group in seen.groups for line in group.lines]
    opening.note_shown(opened, list(dict.fromkeys(nodes)))


def _choices(looked: Looked, name: Namer) -> list[tuple[str, str]]:
    """Subjects that were shown, by name: between any two of them ways may be asked for."""
    listed = {looked.subject.key, *looked.opening.shown}
    named = [(node, name(node)) for node in listed if tie_pages.BRIDGE_MARK not in node and name.may_see(node)]
    return sorted(named, key=lambda one: (one[0] != looked.subject.key, one[1], one[0]))
