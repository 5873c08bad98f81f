"""Reads of drafts, and the words a text may use."""

from typing import Any

from steelyard.web.orgs.models import User, in_language
from steelyard.web.workbench import shelf
from steelyard.web.workbench.drafts.models import Does, DraftRun, ModelDraft


def draft_of(pk: int, viewer: User) -> ModelDraft | None:
    return ModelDraft.objects.visible_to(viewer).filter(pk=pk).first()


def drafts_of(viewer: User) -> list[ModelDraft]:
    return list(ModelDraft.objects.visible_to(viewer).prefetch_related("texts"))


def run_of(pk: int, viewer: User) -> DraftRun | None:
    found = DraftRun.objects.select_related("text__draft").filter(pk=pk).first()
    return found if found and draft_of(found.text.draft_id, viewer) else None


def latest_run(draft: ModelDraft) -> DraftRun | None:
    return DraftRun.objects.select_related("text").filter(text__draft=draft).first()


def words() -> dict[str, Any]:
    """Datasets and derived relations with their columns, as the editor completes them."""
    known = shelf.catalogue()
    found = {}
    for name in sorted({*known.contracts, *known.relations}):
        columns = known.columns(name).values()
        found[name] = {
            "title": shelf.dataset_title(name),
            "columns": {
                one.name: f"{in_language(one.title.zh, one.title.en)} · {one.type} · {one.sensitivity}"
                for one in columns
            },
        }
    return found


def cost_in_words(run: DraftRun) -> dict[str, Any]:
    """What a run cost, or would cost, as the sentence of the page needs it."""
    foreseen, met = run.answer.get("foreseen") or {}, run.answer.get("met") or {}
    given = sum((run.answer.get("given") or {}).values())
    read = int(met.get("rows_read") or 0)
    dear = next(iter(met.get("steps") or []), None)
    # Once it has run, what was met counts, not what the plan had guessed.
    largest = max((int(one["rows"]) for one in met.get("steps") or []), default=int(foreseen.get("rows") or 0))
    return {
        "only_plan": run.does == Does.PLAN,
        "given": given,
        "foreseen": int(foreseen.get("rows") or 0),
        "products": int(foreseen.get("products") or 0),
        "read": read,
        "times": round(read / given, 1) if given and read else 0,
        "seconds": run.answer.get("seconds"),
        "prepared": run.answer.get("prepared_seconds"),
        "peak_mb": met.get("peak_mb"),
        "dear": dear,
        "heavy": largest > 50 * max(given, 1) and largest > 1_000_000,
    }
