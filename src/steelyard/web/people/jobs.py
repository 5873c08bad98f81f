"""Jobs of the villagers' room; each is safe to run twice."""

from django.conf import settings
from procrastinate.contrib.django import app

from steelyard.contracts import load_contracts
from steelyard.engines.postgres import Role
from steelyard.pool import Pool
from steelyard.web.cases.models import Case
from steelyard.web.intake.pool_link import database_of_pages
from steelyard.web.people import actions
from steelyard.web.people.joining import linked_by, may_answer
from steelyard.web.people.models import Appeal
from steelyard.web.powers.flow import WrongState

WAITING = ("assigned", "handling", "extended")


@app.periodic(cron="*/5 * * * *")
@app.task(queue="web", name="people.publish_pages", queueing_lock="people.publish")
def publish_pages(timestamp: int = 0) -> None:
    """Bring the public pages up to the newest pool version."""
    home, database = settings.STEELYARD_HOME, database_of_pages()
    pool = Pool(home, database, load_contracts(settings.STEELYARD_CATALOGUE / "contracts"), role=Role.READER)
    actions.publish_from_pool(pool)


@app.periodic(cron="*/2 * * * *")
@app.task(queue="web", queueing_lock="people.follow_cases")
def follow_cases(timestamp: int = 0) -> None:
    """Answer the reports whose case is closed, also where the announcement was missed."""
    for appeal in Appeal.objects.exclude(case_no="").filter(state__in=WAITING):
        case = Case.objects.filter(no=appeal.case_no).first()
        if case is None or not may_answer(appeal, case, linked_by(appeal)):
            actions.unlink(appeal)  # at once, not at the end of the case: the moment would tell it
        elif case.closed_at and case.closed_at >= appeal.filed:
            answer_of_case(appeal, case)


def answer_of_case(appeal: Appeal, case: Case) -> None:
    """Tell the reporter how the case ended: money that came back, never who did what."""
    from steelyard.web.people.outcomes import outcome_of  # the texts need the app registry

    try:
        actions.answer_from_case(appeal, outcome=outcome_of(case))
    except WrongState:
        return


@app.periodic(cron="7 * * * *")
@app.task(queue="web", queueing_lock="people.hourly")
def hourly(timestamp: int = 0) -> None:
    """Close unrated reports, sweep unsent pictures, renew the figures."""
    actions.lapse_unrated()
    actions.sweep_drafts()
    actions.renew_statistics()


@app.task(queue="web", queueing_lock="people.statistics")
def renew_statistics() -> None:
    actions.renew_statistics()
