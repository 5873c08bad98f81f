"""The workflow in force, and the ones that older cases still run under."""

import logging
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from steelyard.kit.errors import SteelyardError
from steelyard.kit.workdays import Calendar, load_calendar
from steelyard.web.audit.errors import WebError
from steelyard.web.cases import flow
from steelyard.web.cases.checker import check
from steelyard.web.cases.models import Flow, WorkflowRelease

log = logging.getLogger(__name__)


class WorkflowRefused(WebError):
    """The file breaks a rule that no deployment may give up; the text lists file, line and rule."""


def workflows_folder() -> Path:
    return Path(settings.STEELYARD_CATALOGUE) / "workflows"


@transaction.atomic
def release_workflow(path: Path | None = None) -> WorkflowRelease:
    """Check a workflow file and put it into force for cases opened from now on; safe to repeat.

    Raises WorkflowRefused with every complaint.
    """
    workflow = flow.load(path or workflows_folder() / "disposal.yaml")
    complaints = check(workflow)
    if complaints:
        raise WorkflowRefused("\n".join(map(str, complaints)))
    standing = WorkflowRelease.objects.filter(sha256=workflow.sha256).first()
    if standing is None or not standing.current:
        WorkflowRelease.objects.filter(key=workflow.id, current=True).update(current=False)
    if standing is not None:
        WorkflowRelease.objects.filter(pk=standing.pk).update(current=True)
        return standing
    made = WorkflowRelease.objects.create(
        key=workflow.id, version=workflow.version, sha256=workflow.sha256, text=workflow.text,
        initial=workflow.initial, final=list(workflow.final), grades=list(workflow.grades), current=True,
    )  # fmt: skip
    Flow.objects.bulk_create(
        Flow(
            workflow=made, name=move.name, from_state=state, to_state=move.to(state),
            actors=[*move.by, *move.approved_by], sets=list(move.sets),
        )
        for move in workflow.moves.values()
        for state in move.sources
    )  # fmt: skip
    return made


def follow_file() -> None:
    """Put the catalogue's workflow into force where it changed; one that is refused changes nothing but the log."""
    try:
        release_workflow()
    except (WorkflowRefused, SteelyardError) as error:
        log.error("the workflow file is not released: %s", error)


def current_release() -> WorkflowRelease:
    """The release new cases are opened under; the shipped file where nothing was released yet."""
    return WorkflowRelease.objects.filter(current=True).first() or release_workflow()


def workflow_of(release: WorkflowRelease) -> flow.Workflow:
    """The workflow of a release, read once."""
    return _read(release.sha256, release.text)


@lru_cache(maxsize=32)
def _read(sha256: str, text: str) -> flow.Workflow:
    return flow.read(text, Path("released") / sha256[:12])


def calendar_of(workflow: flow.Workflow) -> Calendar:
    return _calendar(workflows_folder() / "calendar.yaml", workflow.calendar)


@lru_cache(maxsize=8)
def _calendar(path: Path, name: str) -> Calendar:
    return load_calendar(path, name)
