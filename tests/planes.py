"""Marks for tests that touch the database."""

import pytest

both_planes = pytest.mark.django_db(databases=["default", "households"])
all_planes = pytest.mark.django_db(databases=["default", "households", "owner"])
