"""Writing a draft and having things done with it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from steelyard.catalogue.reader import MODEL_FILES
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed, WebError
from steelyard.web.orgs import clock
from steelyard.web.orgs.models import User
from steelyard.web.workbench import shelf
from steelyard.web.workbench.drafts import folder, within
from steelyard.web.workbench.drafts.models import ON_DATA, Does, DraftRun, DraftText, ModelDraft, RunState, may_write

DO = "workbench.do_with_draft"
"""The job that does what needs the pool or the engine."""
MOST_WAITING = 3


class NoSuchDraft(WebError):
    text = _("There is no such draft of yours.")


class ThereAlready(WebError):
    text = _("You write a model of this id already.")


class NoSuchModel(WebError):
    text = _("There is no such model.")


class PurposeNeeded(WebError):
    text = _("Say what you look for; the look at the data is recorded with it.")


class TooManyWaiting(WebError):
    text = _("Three of your runs wait already. Let them end first.")


class ChangedElsewhere(WebError):
    text = _("This draft was saved elsewhere in the meantime. Your text is below; the other is version %(number)s.")


class TooLong(WebError):
    text = _("A text of a model has at most 1 MB, its SQL 64 kB.")


@transaction.atomic
def begin(model_id: str, *, base: str = "", by: User) -> ModelDraft:
    """Begin a model, from a pattern or as a copy.  Raises NotAllowed, NoId, NoSuchModel, ThereAlready."""
    if not base:
        return _laid_down(model_id, folder.begun(model_id), by, "draft.begun")
    model = shelf.model_or_none(base)
    if model is None:
        raise NoSuchModel
    return _laid_down(model_id or base, folder.copied(model), by, "draft.begun")


@transaction.atomic
def bring(content: bytes, *, by: User) -> ModelDraft:
    """Take a zip of a model's folder in; a draft of the same id gets a new version.

    Raises NotAllowed, NotAFolder, NoId.
    """
    model_id, files = folder.unpacked(content)
    found = ModelDraft.objects.visible_to(by).filter(model_id=model_id).first()
    if found is None:
        return _laid_down(model_id, files, by, "draft.imported")
    save(found, files, number=found.newest.number, by=by)
    return found


def _laid_down(model_id: str, files: Mapping[str, str], by: User, act: str) -> ModelDraft:
    if not may_write(by):
        raise NotAllowed
    if ModelDraft.objects.filter(by=by, model_id=folder.checked(model_id)).exists():
        raise ThereAlready
    _not_too_long(files)
    made = ModelDraft.objects.create(model_id=model_id, by=by, at=clock.now())
    DraftText.objects.create(draft=made, number=1, files=dict(files), by=by, at=clock.now())
    record.write(act, by=by, subject=model_id, draft=made.pk)
    return made


def _not_too_long(files: Mapping[str, str]) -> None:
    for name in MODEL_FILES:
        most = (64 << 10) if name == "model.sql" else folder.MOST_BYTES
        if len(files[name].encode("utf-8", "surrogatepass")) > most:
            raise TooLong


@transaction.atomic
def save(draft: ModelDraft, files: Mapping[str, str], *, number: int, by: User) -> DraftText:
    """Keep the texts as a new version, where they differ from the newest.

    ``number``: of the version that was changed.  Raises NotAllowed, ChangedElsewhere, TooLong.
    """
    if draft.by_id != by.pk or not may_write(by):
        raise NotAllowed
    newest = draft.newest
    written = {name: files[name] for name in MODEL_FILES}
    if newest.files == written:
        return newest
    if newest.number != number:
        raise ChangedElsewhere(ChangedElsewhere.text % {"number": newest.number})
    _not_too_long(written)
    made = DraftText.objects.create(draft=draft, number=number + 1, files=written, by=by, at=clock.now())
    record.write("draft.saved", by=by, subject=draft.model_id, draft=draft.pk, number=made.number)
    return made


@transaction.atomic
def do(text: DraftText, does: str, asked: Mapping[str, Any], *, purpose: str = "", by: User) -> DraftRun:
    """Have something done with a version of a draft: within the walls at once, or by the worker.

    Raises NotAllowed, PurposeNeeded, TooManyWaiting.
    """
    if text.draft.by_id != by.pk or not may_write(by):
        raise NotAllowed
    purpose = purpose.strip()[:400]
    if does in ON_DATA and len(purpose) < 4:
        raise PurposeNeeded
    if DraftRun.objects.filter(by=by, state=RunState.WAITING).count() >= MOST_WAITING:
        raise TooManyWaiting
    given: dict[str, Any] = {"text": text, "does": does, "asked": dict(asked), "purpose": purpose, "by": by}
    if does in (Does.CHECK, Does.CASES):
        state, answer = within.walls(text, does)
        return DraftRun.objects.create(**given, at=clock.now(), state=state, answer=answer, finished=clock.now())
    made = DraftRun.objects.create(**given, at=clock.now())
    record.write(
        f"draft.{does}", by=by, subject=text.draft.model_id, draft=text.draft_id, number=text.number, purpose=purpose,
        asked=dict(asked),
    )  # fmt: skip
    app.configure_task(DO, queue="models", allow_unknown=True).defer(run_id=made.pk)
    return made
