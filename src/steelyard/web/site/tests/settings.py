"""Settings of a test run: a throw-away home and server, and requests that step down to the web role."""

import os

from steelyard.engines.postgres.tests.shared import shared_server

_SERVER = shared_server()
os.environ["STEELYARD_HOME"] = str(_SERVER.home.root)
os.environ["STEELYARD_ROLE"] = "WORKER"
os.environ.pop("DATABASE_URL", None)

from steelyard.web.site.settings import *  # noqa: E402, F403  # the environment comes first
from steelyard.web.site.settings import DATABASES  # noqa: E402

DATABASES["default"] |= {"NAME": "web_tests", "OPTIONS": {}}
STEELYARD_REQUEST_ROLE = "app_web"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LANGUAGE_CODE = "en"
