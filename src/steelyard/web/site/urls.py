"""One line a room."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from django.urls import include, path

from steelyard.web.site import views
from steelyard.web.site.api import api
from steelyard.web.site.metrics import metrics

handler404 = "steelyard.web.site.views.not_found"
handler403 = "steelyard.web.site.views.forbidden"
handler400 = "steelyard.web.site.views.bad_request"
handler500 = "steelyard.web.site.views.server_error"

urlpatterns = [
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/code/", mfa.authenticate, name="mfa_authenticate"),
    path("account/code/confirm/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/second-factor/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/second-factor/done/", views.second_factor_done, name="mfa_index"),
    path("account/second-factor/on/", views.second_factor_done, name="mfa_deactivate_totp"),
    path("i18n/language/", views.set_language, name="set_language"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("", include("steelyard.web.screens.urls")),
    path("", include("steelyard.web.audit.urls")),
    path("", include("steelyard.web.orgs.urls")),
    path("data/", include("steelyard.web.intake.urls")),
    path("data/", include("steelyard.web.subjects.urls")),
    path("subjects/", include("steelyard.web.subjects.sheet_urls")),
    path("models/", include("steelyard.web.workbench.urls")),
    path("alerts/", include("steelyard.web.alerts.urls")),
    path("cases/", include("steelyard.web.cases.urls")),
    path("powers/", include("steelyard.web.powers.urls")),
    path("people/", include("steelyard.web.people.urls")),
    path("governance/", include("steelyard.web.governance.urls")),
]
