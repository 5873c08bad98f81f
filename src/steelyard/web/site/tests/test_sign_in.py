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
