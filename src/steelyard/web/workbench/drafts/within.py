"""What is said of a draft without the pool; all of it within the sandbox."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steelyard.detect.sandbox import Draft, Limits, Refusal, ask
from steelyard.web.workbench import shelf
from steelyard.web.workbench.drafts.models import Does, DraftText, RunState

QUICK = Limits(wall_seconds=20, cpu_seconds=20, memory_mb=512)


def refused(error: Refusal) -> dict[str, Any]:
    """A refusal as runs keep it."""
    return {"refused": {"rule": error.rule, "line": error.line, "message": error.message}}


def walls(text: DraftText, does: str) -> tuple[str, dict[str, Any]]:
    """(state, answer) of a check, or of the cases."""
    try:
        return RunState.DONE, said_of(text.draft.model_id, text.files, "check" if does == Does.CHECK else "cases")
    except Refusal as error:
        return RunState.REFUSED, refused(error)


def said_of(model_id: str, files: Mapping[str, str], task: str) -> dict[str, Any]:
    """The answer to a task on texts that need not have been saved.  Raises Refusal."""
    draft = Draft(model_id, files)
    with tempfile.TemporaryDirectory(prefix="steelyard-draft-") as name:
        place = draft.write(Path(name))
        named = {"sql": draft.sql, "model": str(place.relative_to(name))}
        return dict(ask(shelf.catalogue().root, task, Path(name), QUICK, **named).said)
