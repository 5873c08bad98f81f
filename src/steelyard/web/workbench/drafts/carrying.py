"""What the worker does with drafts: run them over the pool within the walls, make cases, hand them in."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from steelyard.catalogue import load_catalogue
from steelyard.detect.sandbox import Draft, Limits, Refusal
from steelyard.detect.sandbox.cases import case_of
from steelyard.detect.sandbox.handing_in import hand_in
from steelyard.detect.sandbox.trial import Cut, try_out
from steelyard.engines.postgres import Role as DatabaseRole
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Pool
from steelyard.web.audit import record
from steelyard.web.orgs import clock
from steelyard.web.orgs.engine_link import database_of_pages
from steelyard.web.workbench.drafts import within
from steelyard.web.workbench.drafts.models import Does, DraftRun, RunState

LIMITS = Limits(wall_seconds=60, cpu_seconds=120, memory_mb=1024, space_mb=2048)


def carry(run: DraftRun) -> None:
    """Do what was asked, once; a refusal is an answer."""
    try:
        answer, state = _done(run), RunState.DONE
    except Refusal as error:
        answer, state = within.refused(error), RunState.REFUSED
    except SteelyardError as error:
        answer = {"refused": {"rule": "engine", "line": 1, "message": str(error)}}
        state = RunState.REFUSED
    run.answer, run.state, run.finished = answer, state, clock.now()
    run.save(update_fields=["answer", "state", "finished"])
    record.write(f"draft.{run.does}_{run.state}", by=None, subject=run.text.draft.model_id, run=run.pk)


def _done(run: DraftRun) -> dict[str, Any]:
    draft = Draft(run.text.draft.model_id, run.text.files)
    if run.does == Does.SUBMIT:
        return _handed_in(run, draft)
    catalogue = load_catalogue(settings.STEELYARD_CATALOGUE)
    pool = Pool(settings.STEELYARD_HOME, database_of_pages(), catalogue.contracts)
    cut = Cut(int(run.asked.get("sample") or 0), str(run.asked.get("area") or ""))
    day = str(clock.today())
    if run.does == Does.CASE:
        return asdict(
            case_of(
                pool, catalogue, database_of_pages(), draft, row=int(run.asked["row"]), name=run.asked["name"],
                as_of=day, cut=cut, limits=LIMITS, secret=_secret(int(run.asked.get("of") or 0)),
            )
        )  # fmt: skip
    found = try_out(
        pool, catalogue, database_of_pages(), draft, as_of=day, cut=cut, limits=LIMITS,
        only_plan=run.does == Does.PLAN, secret=_secret(run.pk),
    )  # fmt: skip
    return asdict(found)


def _secret(run: int) -> str:
    """What the stand-ins of one run are made with: made again for a case of one of its rows, and kept nowhere."""
    return salted_hmac("stand-ins of a trial", str(run), algorithm="sha256").hexdigest()


def _handed_in(run: DraftRun, draft: Draft) -> dict[str, Any]:
    own: Path = settings.STEELYARD_HOME.models
    own.mkdir(parents=True, exist_ok=True)
    catalogue = load_catalogue(settings.STEELYARD_CATALOGUE, own)
    with (
        tempfile.TemporaryDirectory(dir=own, prefix=".draft-") as name,
        database_of_pages().transaction(DatabaseRole.WORKER) as connection,
    ):
        model = hand_in(
            connection, catalogue, own, draft, Path(name), by=run.by.username, day=clock.today(),
            reason=str(run.asked.get("reason") or ""),
        )  # fmt: skip
    return {"model": model.id, "version": model.version, "sha256": model.sha256}
