"""A family whose ledger is filled, and the browsers of two of it."""

import pytest
from django.test import Client

from apps.households.models import Household
from apps.users.models import User
from tests.households.people import browser
from tests.ledger.families import Family, family, fill


@pytest.fixture
def ours(household: Household, owner: User) -> Family:
    found = family(household, owner)
    fill(found)
    return found


@pytest.fixture
def anns(ours: Family) -> Client:
    return browser(ours.ann)


@pytest.fixture
def bobs(ours: Family) -> Client:
    return browser(ours.bob)
