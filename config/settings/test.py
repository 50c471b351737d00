"""Tests: the embedded servers of their own folder, without durability; cheap password hashes."""

import os

from config.settings.local import use_embedded_servers

use_embedded_servers("test", start=True)
# Each worker has an account of its own at the fake Stripe.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
os.environ["STRIPE_SECRET_KEY"] = os.environ["STRIPE_SECRET_KEY"].removesuffix(_worker) + _worker

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import CACHES, DATABASES, REDIS_URL, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# A database of the Redis server for each worker (up to 13), since what one test clears another would miss.
if _worker:
    CACHES["default"]["LOCATION"] = f"{REDIS_URL}/{3 + int(_worker.removeprefix('gw'))}"
# Tests change databases under the connections' feet; a pool would keep some of the old one.
for _settings in DATABASES.values():
    _settings["OPTIONS"].pop("pool", None)
# The files of static/ as they are: tests with a browser need no collectstatic.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
# Every test signs in from the same address; the limits would tell them apart from nobody.
ACCOUNT_RATE_LIMITS = False  # type: ignore[assignment]  # allauth takes a dict or False
RATELIMIT_ENABLE = False  # the tests of limits switch them on
