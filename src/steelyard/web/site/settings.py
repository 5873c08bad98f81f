"""The one settings file.  Rules, grades, deadlines and routes are catalogue data, never settings."""

from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from steelyard.engines.postgres import Database, Role, database
from steelyard.kit import environment
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.home import Home
from steelyard.web.orgs.keyring import load_or_make

HERE = Path(__file__).resolve().parent
WEB = HERE.parent

STEELYARD_HOME = Home.from_environment().make()
STEELYARD_CATALOGUE = catalogue_folder()
STEELYARD_REQUEST_ROLE: str | None = None
"""Role a request steps down to; None where the process signs in as the web role already."""


@cache
def STEELYARD_DATABASE() -> Database:  # noqa: N802  # a setting, though it is made when first asked for
    return database(STEELYARD_HOME)


DEBUG = environment.flag("STEELYARD_DEBUG", False)
SECRET_KEY = load_or_make(STEELYARD_HOME.secrets / "keyring.json")["django"]
ALLOWED_HOSTS = environment.words("STEELYARD_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("STEELYARD_ORIGINS", "")
HTTPS = environment.flag("STEELYARD_HTTPS", False)

INSTALLED_APPS = [
    "steelyard.web.audit",
    "steelyard.web.orgs",
    "steelyard.web.intake",
    "steelyard.web.subjects",
    "steelyard.web.workbench",
    "steelyard.web.alerts",
    "steelyard.web.cases",
    "steelyard.web.powers",
    "steelyard.web.people",
    "steelyard.web.governance",
    "steelyard.web.screens",
    "steelyard.web.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "steelyard.web.orgs.middleware.LanguageMiddleware",
    "steelyard.web.orgs.middleware.StaffSecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "steelyard.web.site.headers.HeadersMiddleware",
    "steelyard.web.orgs.middleware.ScopeMiddleware",
    "steelyard.web.site.plain_input.PlainInputMiddleware",
]

ROOT_URLCONF = "steelyard.web.site.urls"
WSGI_APPLICATION = "steelyard.web.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "steelyard.web.site.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "steelyard.web.site.templatetags.steelyard",
            ],
        },
    }
]


def connection_settings(role: Role) -> dict[str, object]:
    """Django's form of a connection in one role, with a pool."""
    values = STEELYARD_DATABASE().parameters(role)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": values["dbname"],
        "USER": values["user"],
        "PASSWORD": values.get("password", ""),
        "HOST": values["host"],
        "PORT": str(values["port"]),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12}},
        "ATOMIC_REQUESTS": True,
    }


DATABASES = {"default": connection_settings(Role[environment.text("STEELYARD_ROLE", "WEB")])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "steelyard.web.orgs.passwords.NameAndBirthdayValidator"},
]
ACCOUNT_ADAPTER = "steelyard.web.orgs.second_factor.ClosedAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
# By account *and* address: by account alone, anybody could lock an official out.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,5/300s/key", "login": "120/m/ip"}
STEELYARD_METRICS_TOKEN = environment.text("STEELYARD_METRICS_TOKEN", "")
"""Whoever sends it reads the figures at ``/metrics``; empty: there is no such address."""
STEELYARD_TRUSTED_PROXIES = environment.number("STEELYARD_TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = STEELYARD_TRUSTED_PROXIES
MFA_ADAPTER = "steelyard.web.orgs.second_factor.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp"]
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "steelyard_language"
LOCALE_PATHS = [room / "locale" for room in sorted(WEB.iterdir()) if (room / "locale").is_dir()]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = STEELYARD_HOME.media
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_TEMP_DIR = STEELYARD_HOME.root

# Charts draw with inline styles; scripts and everything else come from here alone.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Not no-referrer: then browsers send "Origin: null" with a form, and every sign-in is refused.
SECURE_REFERRER_POLICY = "same-origin"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "steelyard.web.site.views.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": STEELYARD_HOME.logs / "web.log",
            "maxBytes": 10_000_000,
            "backupCount": 3,
            "formatter": "line",
            "delay": True,
        }
    },
    "root": {"handlers": ["file"], "level": "INFO"},
}
