"""Jobs of cases: thin, safe to run twice."""

from typing import Any

from procrastinate.contrib.django import app

from steelyard.web.alerts.actions import note_withdrawn, pull
from steelyard.web.cases import actions
from steelyard.web.cases.releases import follow_file
from steelyard.web.orgs.engine_link import reader


def take_over() -> dict[str, Any]:
    """Findings to alerts to cases, all that is new.  Returns counts."""
    follow_file()
    with reader() as connection:
        # First: what a finding says now may already rest on other rows.
        marked = note_withdrawn(connection)
        pulled = pull(connection)
    counts = actions.open_cases()
    return counts | {
        "raised": pulled.raised, "revised": pulled.revised, "again": pulled.again, "gone": pulled.gone,
        "held": pulled.held, "withdrawn": marked, "skipped": pulled.skipped, "cleared": actions.follow_data(),
        "risen": actions.follow_grades(),
    }  # fmt: skip


def sweep() -> dict[str, int]:
    """What waits for no person: answers, lapses, pauses, lateness, data withdrawn.  Returns counts."""
    with reader() as connection:
        marked = note_withdrawn(connection)
    return {
        "withdrawn": marked,
        "answers": actions.take_answers(), "lapsed": actions.lapse(), "sheets": actions.close_lapsed_sheets(),
        "resumed": actions.resume(), "routed": actions.reroute(), "cleared": actions.follow_data(),
        "risen": actions.follow_grades(), "marked": actions.mark_lateness(),
    }  # fmt: skip


@app.task(queue="web", name="cases.pull_findings", lock="cases.pull_findings")
def pull_findings() -> None:
    take_over()


@app.periodic(cron="* * * * *")
@app.task(queue="clock", name="cases.clock", lock="cases.clock")
def run_clock(timestamp: int) -> None:
    sweep()


@app.task(queue="web", name="cases.take_answers", lock="cases.take_answers")
def carry_answers() -> None:
    actions.take_answers()
