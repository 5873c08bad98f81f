import pytest
from django.test import Client

from steelyard.web.orgs import second_factor
from steelyard.web.orgs.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "Weigh-every-power-2026"


def test_the_password_alone_opens_nothing(cast):
    browser = Client()
    answer = browser.post("/account/login/", {"login": "zhou", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.url.startswith("/account/code/")
    assert browser.get("/users/").status_code == 302


def test_password_and_code_sign_in(cast):
    browser = Client()
    browser.post("/account/login/", {"login": "admin", "password": PASSWORD})
    browser.post("/account/code/", {"code": second_factor.current_code(cast.admin)})
    assert browser.get("/users/").status_code == 200


def test_a_code_works_once(cast):
    code = second_factor.current_code(cast.admin)
    for attempt, expected in ((1, 200), (2, 302)):
        browser = Client()
        browser.post("/account/login/", {"login": "admin", "password": PASSWORD})
        browser.post("/account/code/", {"code": code})
        assert browser.get("/users/").status_code == expected, f"attempt {attempt}"


def test_an_account_without_second_factor_reaches_only_its_set_up(cast, as_user):
    second_factor.Authenticator.objects.filter(user=cast.zhou).delete()
    assert as_user(cast.zhou).get("/users/").url == "/account/second-factor/"


def test_a_closed_account_is_out_at_its_next_request(cast, as_user):
    browser = as_user(cast.admin)
    assert browser.get("/users/").status_code == 200
    User.objects.filter(pk=cast.admin.pk).update(is_active=False)
    assert browser.get("/users/").status_code == 302


def test_accounts_are_managed_by_the_administrator_alone(cast, as_user):
    for user in (cast.zhou, cast.qian, cast.tan):
        assert as_user(user).get("/users/").status_code == 403
    assert as_user(None).get("/users/").status_code == 302


def test_requests_run_as_the_unprivileged_web_role(cast, as_user, monkeypatch):
    from django.db import connection

    from steelyard.web.orgs import views

    seen = []

    def look(request, **_options):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, rolsuper OR rolbypassrls, EXISTS (SELECT 1 FROM pg_tables "
                "WHERE tableowner = current_user) FROM pg_roles WHERE rolname = current_user"
            )
            seen.append(cursor.fetchone())
        from django.http import HttpResponse

        return HttpResponse()

    monkeypatch.setattr(views, "render", lambda request, *_a, **_k: look(request))
    as_user(cast.admin).get("/users/")
    assert seen == [("app_web", False, False)]


def test_no_page_lets_a_foreign_script_in(cast, as_user):
    policy = as_user(cast.admin).get("/users/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy


def test_an_unknown_page_says_so_in_both_languages(cast):
    browser = Client()
    assert "no such page" in browser.get("/nothing/here/").content.decode()
    browser.cookies["steelyard_language"] = "zh-hans"
    assert "没有这个页面" in browser.get("/nothing/here/").content.decode()


def test_a_new_account_sets_its_second_factor_up_and_is_in(cast):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    second_factor.Authenticator.objects.filter(user=cast.admin).delete()
    browser = Client()
    browser.post("/account/login/", {"login": "admin", "password": PASSWORD})
    page = browser.get("/account/second-factor/", follow=True)
    if "id_password" in page.content.decode():
        browser.post("/account/confirm/?next=/account/second-factor/", {"password": PASSWORD})
        page = browser.get("/account/second-factor/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert browser.post("/account/second-factor/", {"code": code}).status_code == 302
    assert second_factor.has_second_factor(cast.admin)
    assert browser.get("/users/").status_code == 200


def test_others_failures_do_not_lock_an_official_out(cast):
    stranger = Client(REMOTE_ADDR="10.9.9.9")
    for _ in range(7):
        stranger.post("/account/login/", {"login": "zhou", "password": "wrong"})
    answer = Client(REMOTE_ADDR="10.1.1.1").post("/account/login/", {"login": "zhou", "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize("url", ["/people/?q=%00", "/people/village/%00/", "/api/v1/villages/%00/disclosure"])
def test_a_zero_byte_is_not_understood_and_breaks_nothing(cast, url):
    assert Client().get(url).status_code in {400, 404}


def test_a_number_beyond_any_column_is_no_error_of_ours(cast, as_user):
    assert as_user(cast.steward).get("/data/questions/99999999999999999999/").status_code in {400, 404}


def test_the_api_says_not_found_in_its_own_words(cast):
    answer = Client().get("/api/v1/nothing-here")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
