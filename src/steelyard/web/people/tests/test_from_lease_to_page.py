"""The barren hill is let anew: from the clerk's form through the data pool to the village's page."""

import pytest

from steelyard.contracts import load_contracts
from steelyard.kit.home import Home
from steelyard.pool import Pool
from steelyard.web.people import actions as people
from steelyard.web.powers import actions as powers
from steelyard.web.powers import jobs
from steelyard.web.powers.tests.test_lease import approved, decided, sign, started, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(clean_engine, tmp_path, settings, monkeypatch):
    settings.STEELYARD_HOME = Home(tmp_path).make()
    monkeypatch.setattr(jobs, "database_of_pages", lambda: clean_engine)
    monkeypatch.setattr("steelyard.web.orgs.names.names", lambda _connection, keys: {})
    return Pool(settings.STEELYARD_HOME, clean_engine, load_contracts(settings.STEELYARD_CATALOGUE / "contracts"))


def test_a_lease_registered_here_reaches_the_public_page_with_its_rent_plan(cast, as_user, pool):
    matter = started(cast, as_user)
    decided(cast, as_user, matter)
    approved(cast, as_user, matter)
    sign(as_user(cast.li), matter)
    step(as_user(cast.shen), matter, "result_public")
    assert powers.hand_over(jobs.push_to_pool) == matter.events.count()
    done = people.publish_from_pool(pool)
    assert done.published == matter.events.count()
    assert done.blocked == 0
    page = as_user(None).get(f"/people/village/339921101201/village_contract/{matter.number}/").content.decode()
    assert "CNY 50,000" in page
    assert "30 / 33 / 40" in page
    assert "✓" not in page.split("</header>")[0]
    assert "Rent due so far" in page
    assert people.publish_from_pool(pool) == done


def test_an_empty_pool_publishes_nothing_and_says_so(cast, as_user, pool):
    assert people.publish_from_pool(pool).published == 0
