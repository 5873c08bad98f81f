"""The relation graph of one alert: its subjects and the ties its evidence names, as data and as a list."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from steelyard.web.alerts.evidence import SUBJECT_KINDS, subjects_in
from steelyard.web.alerts.masking import masked_values
from steelyard.web.alerts.models import Alert
from steelyard.web.orgs.models import User, in_language
from steelyard.web.orgs.names import ShownName, shown_names
from steelyard.web.workbench.shelf import column_title, model_or_none

MOST = 150
TOLD_BY = ("relation", "path", "position", "role", "party_role")


def graph(viewer: User, alert: Alert) -> dict[str, list[dict[str, Any]]]:
    """``{nodes, edges}`` of the alert's own path; at most 150 nodes, names as the viewer may read them."""
    keys = {*alert.subject_keys, *subjects_in(alert.evidence)}
    names = shown_names(viewer, keys)
    nodes = [{"id": "matter", "label": _matter(alert), "kind": "matter", "focus": True}]
    nodes += [_node(key, names, key in alert.subject_keys) for key in sorted(keys)][: MOST - 1]
    known, labels = {node["id"] for node in nodes}, _labels(alert)
    edges = [
        {"source": "matter", "target": str(key), "label": labels.get(column) or _plain(column),
         "tier": alert.identity_tier, "date": str(alert.as_of)}
        for column, key in alert.subjects.items()
    ]  # fmt: skip
    seen = set()
    for edge in _ties(alert):
        mark = (edge["source"], edge["target"], edge["label"])
        if edge["source"] in known and edge["target"] in known and mark not in seen:
            seen.add(mark)
            edges.append(edge)
    return {"nodes": nodes, "edges": edges}


def as_list(found: Mapping[str, list[dict[str, Any]]]) -> list[tuple[str, str, str]]:
    """The same ties in words: (from, what, to)."""
    labels = {node["id"]: node["label"] for node in found["nodes"]}
    return [(labels[edge["source"]], edge["label"], labels.get(edge["target"], "")) for edge in found["edges"]]


def _matter(alert: Alert) -> str:
    words = [str(value) for value in masked_values(alert.key).values() if value not in alert.subject_keys]
    return " ".join(words)[:40] or _("the matter")


def _node(key: str, names: Mapping[str, ShownName], focus: bool) -> dict[str, Any]:
    shown = names.get(key)
    kind = shown.kind if shown else "company"
    return {"id": key, "label": shown.text if shown else key[:8], "kind": kind, "focus": focus}


def _plain(column: str) -> str:
    return column.removesuffix("_id").replace("_", " ")


def _labels(alert: Alert) -> dict[str, str]:
    """Words of the columns that name a subject, as the contracts behind the evidence have them."""
    found: dict[str, str] = {}
    model = model_or_none(alert.model_id)
    for column in alert.subjects:
        titles = [column_title(dataset, column) for dataset in (model.data if model else ())]
        if told := next((title for title in titles if title != column), ""):
            found[column] = told
    for section in alert.evidence:
        for column, words in (section.get("labels") or {}).items():
            found.setdefault(column, in_language(words.get("zh", ""), words.get("en", "")))
    return found


def _ties(alert: Alert) -> Iterator[dict[str, Any]]:
    """An edge for each row that names two subjects, or one besides the alert's own."""
    own = sorted(alert.subject_keys)
    for section in alert.evidence:
        kinds, columns = section.get("kinds", {}), section.get("columns", [])
        for row in section.get("rows", []):
            values = dict(zip(columns, row, strict=False))
            named = [str(values[name]) for name in columns if kinds.get(name) in SUBJECT_KINDS and values[name]]
            ends = list(dict.fromkeys([*named, *own]))[:2]
            told = next((str(values[name]) for name in TOLD_BY if values.get(name)), "")
            if named and len(ends) == 2 and told:
                yield {
                    "source": ends[0], "target": ends[1], "label": told[:60], "tier": str(values.get("min_tier") or ""),
                    "date": str(values.get("from_date") or ""),
                }  # fmt: skip
