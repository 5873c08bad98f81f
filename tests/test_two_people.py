"""Whoever answers for a command by name must have a post that includes it, and must not be concerned."""

from typing import Any

import pytest

from steelyard.cli.two_people import NoAccount, NotTheirs, require_judges, require_openers, require_stewards
from steelyard.web.orgs.actions import renew_kin

SON = "9a0c2b3e-0000-4000-8000-000000000001"


@pytest.fixture
def father_of(cast: Any) -> Any:
    """The steward has a key of his own and a son."""
    cast.steward.subject_key = "9a0c2b3e-0000-4000-8000-000000000002"
    cast.steward.save()
    renew_kin({cast.steward.subject_key: [SON]})
    return cast.steward


def test_stewards_and_analysts_say_who_is_who(cast: Any) -> None:
    require_judges("steward", keys=[SON])
    require_judges("fang", keys=[SON])


def test_nobody_without_the_post_says_who_is_who(cast: Any) -> None:
    for login in ("li", "qian", "chen"):
        with pytest.raises(NotTheirs, match=f"{login} has no post"):
            require_judges(login, keys=[])


def test_a_name_without_an_account_says_nothing(cast: Any) -> None:
    with pytest.raises(NoAccount, match="no account somebody"):
        require_judges("somebody", keys=[])


def test_nobody_says_who_he_or_his_son_is(father_of: Any) -> None:
    for key in (father_of.subject_key, SON):
        with pytest.raises(NotTheirs, match="concerns them or a relative"):
            require_judges("steward", keys=[key])


def test_one_who_may_open_nobodys_page_uncovers_nobody(cast: Any) -> None:
    require_openers("--by and --approved-by", "steward", "chen", keys=[SON])
    with pytest.raises(NotTheirs, match="li has no post"):
        require_openers("--by and --approved-by", "steward", "li", keys=[SON])


def test_nobody_answers_for_uncovering_his_own(father_of: Any) -> None:
    with pytest.raises(NotTheirs, match="steward must not answer"):
        require_openers("--by and --approved-by", "chen", "steward", keys=[SON])


def test_only_stewards_answer_for_the_pool(cast: Any) -> None:
    require_stewards("--by and --second", "steward", "qi")
    with pytest.raises(NotTheirs, match="li has no post"):
        require_stewards("--by and --second", "steward", "li")
