"""What is kept for a version of the data is kept for one test: the tests' rows come without a new version."""

import uuid

import pytest
from django.conf import LazySettings


@pytest.fixture(autouse=True)
def own_cache(settings: LazySettings) -> None:
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": uuid.uuid4().hex}}
