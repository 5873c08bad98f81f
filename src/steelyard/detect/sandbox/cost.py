"""What a run costs: rows guessed and rows met, told from the engine's plan and profile."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_MOST = 40


def foreseen(plan: Sequence[Mapping[str, Any]], relations: Mapping[str, str]) -> dict[str, Any]:
    """The plan's guess: rows read of each relation, the largest step, and products of everything with everything.

    ``relations``: path of the file to the relation's name.
    """
    steps = [step for root in plan for step in _steps(root)]
    guesses = [(_guess(step), _kind(step)) for step in steps]
    largest = max(guesses, default=(0, ""))
    return {
        "rows": largest[0],
        "step": largest[1],
        "products": sum(kind in ("CROSS_PRODUCT", "NESTED_LOOP_JOIN", "BLOCKWISE_NL_JOIN") for _, kind in guesses),
        "reads": [{"relation": name, "rows": _guess(step)} for step in steps if (name := _relation(step, relations))],
    }


def met(profile: Mapping[str, Any], relations: Mapping[str, str]) -> dict[str, Any]:
    """What the run read and took: rows, bytes, seconds of all processors together, memory, and its dearest steps."""
    steps = [step for root in profile.get("operator") or [] for step in _steps(root)]
    query, system = profile.get("query") or {}, profile.get("system") or {}
    dear = sorted(steps, key=lambda step: -float(step.get("timing") or 0))[:_MOST]
    return {
        "rows_read": int(query.get("total_rows_scanned") or 0),
        "rows_between": int(query.get("total_intermediate_rows") or 0),
        "bytes_read": int((profile.get("io") or {}).get("total_bytes_read") or 0),
        "cpu_seconds": round(float(query.get("cpu_time") or 0), 4),
        "peak_mb": int(system.get("peak_buffer_memory") or 0) >> 20,
        "steps": [
            {
                "kind": _kind(step),
                "relation": _relation(step, relations),
                "rows": int(step.get("intermediate_rows") or 0),
                "guess": _guess(step),
                "seconds": round(float(step.get("timing") or 0), 5),
            }
            for step in dear
        ],
    }


def _steps(step: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield step
    for below in step.get("children") or []:
        yield from _steps(below)


def _kind(step: Mapping[str, Any]) -> str:
    return str(step.get("type") or step.get("name") or "").strip()


def _guess(step: Mapping[str, Any]) -> int:
    said = str((step.get("extra_info") or {}).get("Estimated Cardinality") or "0").lstrip("~")
    return int(said) if said.isdigit() else 0


def _relation(step: Mapping[str, Any], relations: Mapping[str, str]) -> str:
    """The relation a step reads, where it reads one; never the path of its file."""
    return relations.get(str((step.get("extra_info") or {}).get("Filename(s)") or ""), "")
