"""Why two records or subjects are held to be one, or are not: links, weights in words, what people said."""

import datetime as dt
from collections import deque
from collections.abc import Collection, Mapping
from typing import Any

import psycopg

from steelyard.identity import generations, nodes
from steelyard.identity.components import STRENGTH
from steelyard.identity.judging import Judgement, judgements_of
from steelyard.identity.records import masked
from steelyard.identity.subjects import key_of

Connection = psycopg.Connection[Any]
AGREES: Mapping[str, tuple[str, str]] = {
    "name": ("姓名相同", "the name is the same"),
    "birth": ("出生日期相同", "the birth date is the same"),
    "village": ("村（或县）相同", "the village, of a company the county, is the same"),
    "phone": ("电话相同", "the phone is the same"),
}
SAME_NUMBER = ("证件号码相同，姓名不符", "the number is the same, the names cannot be one person's")


def node_of(connection: Connection, text: str) -> str:
    """The node meant by a node, a key, a record's id or a number; not with a reader's connection for numbers.

    Raises nodes.NoSuchNode.
    """
    for guess in (text, nodes.SUBJECT + text, nodes.RECORD + text):
        try:
            return nodes.standing_for(connection, guess)
        except nodes.NoSuchNode:
            continue
    key = key_of(connection, text)
    if key is None:
        raise nodes.NoSuchNode(f"{text}: there is no such record, subject or number")
    return nodes.SUBJECT + key


def explain(connection: Connection, a: str, b: str) -> dict[str, Any]:
    """Everything that speaks for and against two nodes being one, as plain values; names in full, the rest masked.

    ``same``: whether they are held to be one; ``tier``: how surely; ``path``: the links between them, the surest way.
    """
    keys = generations.subjects_of(connection, [a, b])
    path = _path(connection, a, b)
    same = a in keys and keys.get(a) == keys.get(b)
    return {
        "a": told(connection, a), "b": told(connection, b), "same": same,
        "key": keys[a] if same else None,
        "tier": max((step["tier"] for step in path), key=STRENGTH.__getitem__) if same and path else None,
        "path": path if same else [],
        "links": _links(connection, a, b),
        "judgements": [said(one) for one in judgements_of(connection, [a, b])],
    }  # fmt: skip


def told(connection: Connection, node: str) -> dict[str, Any]:
    """A node as it may be shown: of a record where it stands and what it tells, phone and address masked."""
    if not nodes.is_record(node):
        row = connection.execute("SELECT kind, name, tier FROM engine.subject WHERE key = %s", [node[2:]]).fetchone()
        return {"node": node} | dict(zip(("kind", "name", "tier"), row or ("", "", ""), strict=True))
    row = connection.execute(
        "SELECT kind, name, dataset, column_name, supplier, delivery::text, file, row, reason, number_masked, "
        "birth_date, sex, area_code, phone, address FROM engine.source_record WHERE id::text = %s", [node[2:]],
    ).fetchone()  # fmt: skip
    names = ("kind", "name", "dataset", "column", "supplier", "delivery", "file", "row", "reason", "number",
             "birth_date", "sex", "area_code", "phone", "address")  # fmt: skip
    found = dict(zip(names, row or ("",) * len(names), strict=True))
    born = found["birth_date"]
    return {"node": node} | found | {
        "birth_date": f"{born.year}-**-**" if isinstance(born, dt.date) else None,
        "phone": _ends(found["phone"]), "address": masked(found["address"] or "") or None,
    }  # fmt: skip


def _ends(phone: str | None) -> str | None:
    return f"{phone[:3]}****{phone[-2:]}" if phone and len(phone) > 6 else "****" if phone else None


def said(judgement: Judgement) -> dict[str, Any]:
    """A judgement as plain values."""
    plain = {name: getattr(judgement, name) for name in Judgement.__dataclass_fields__}
    listed = {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in plain.items()}
    return listed | {"in_force": judgement.in_force}


def words(tier: str, method: str, evidence: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a link rests on, a sentence a piece, in Chinese and English; weights are in bits."""
    if tier == "T1x":
        return [dict(zip(("zh", "en"), SAME_NUMBER, strict=True))]
    found = [
        dict(zip(("zh", "en"), AGREES[name], strict=True)) for name in evidence.get("agrees", ()) if name in AGREES
    ]
    for name, part in evidence.items():
        if isinstance(part, Mapping) and "level" in part:
            weight = f"{float(part['weight']):+.1f}"
            found.append({"zh": f"{name}：{part['level']}（{weight}）", "en": f"{name}: {part['level']} ({weight})"})
    return found


def _links(connection: Connection, a: str, b: str) -> list[dict[str, Any]]:
    """Links between just these two, standing ones first, then those that once stood."""
    one, other = nodes.pair(a, b)
    rows = connection.execute(
        "SELECT tier, method, model_version, weight, probability, evidence, since, until FROM engine.link_edge "
        "WHERE a = %s AND b = %s ORDER BY until IS NOT NULL, id DESC", [one, other],
    ).fetchall()  # fmt: skip
    names = ("tier", "method", "model", "weight", "probability", "evidence", "since", "until")
    return [
        dict(zip(names, row, strict=True)) | {"words": words(row[0], row[1], row[5])} for row in rows
    ]  # fmt: skip


def _path(connection: Connection, a: str, b: str) -> list[dict[str, Any]]:
    """The fewest links between two nodes of one component, people's words before all others."""
    around = generations.edges_around(connection, [a])
    steps: dict[str, list[tuple[str, str]]] = {}
    for edge in around:
        steps.setdefault(edge.a, []).append((edge.b, edge.tier))
        steps.setdefault(edge.b, []).append((edge.a, edge.tier))
    return _shortest(steps, a, b)


def _shortest(steps: Mapping[str, Collection[tuple[str, str]]], a: str, b: str) -> list[dict[str, Any]]:
    before: dict[str, tuple[str, str]] = {}
    waiting = deque([a])
    while waiting and b not in before:
        node = waiting.popleft()
        for other, tier in sorted(steps.get(node, ()), key=lambda step: (STRENGTH[step[1]], step[0])):
            if other != a and other not in before:
                before[other] = (node, tier)
                waiting.append(other)
    path: list[dict[str, Any]] = []
    while b in before:
        node, tier = before[b]
        path.append({"from": node, "to": b, "tier": tier})
        b = node
    return path[::-1]
