"""Jobs of the governance room; safe to run twice."""

from procrastinate.contrib.django import app

from steelyard.web.governance import actions


@app.periodic(cron="*/3 * * * *")
@app.task(queue="web", queueing_lock="governance.open_loopholes")
def open_loopholes(timestamp: int = 0) -> None:
    """Open a loophole for each case whose review said that a rule was or will be revised."""
    actions.open_from_reviews()
