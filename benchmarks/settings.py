"""As production runs, on servers of its own: pools, cache, durable writes, no DEBUG."""

import os

os.environ["APP_ENV"] = "bench"
os.environ.setdefault("LOG_LEVEL", "WARNING")

from config.settings.local import use_embedded_servers

use_embedded_servers("bench")

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import CACHES, DATABASES, REDIS_URL, STORAGES  # noqa: E402

DATABASE_NAME = "wallet_bench"
for _database in DATABASES.values():
    _database["NAME"] = DATABASE_NAME
ALLOWED_HOSTS = ["testserver"]
# Logical databases that nobody else uses, should REDIS_URL name a server that others use too.
CACHES["default"]["LOCATION"] = f"{REDIS_URL}/13"
CELERY_BROKER_URL = f"{REDIS_URL}/14"
# The files of static/ as they are: this measures pages, not collectstatic.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
# One person asks for a hundred reports a minute here, which is what is measured.
RATELIMIT_ENABLE = False
