"""Cache keys and file names carry their household."""

import uuid

import pytest
from django.core.cache import cache

from apps.households.models import Household
from apps.tenancy.keys import cached, household_key, household_path
from tests.planes import both_planes

pytestmark = both_planes


def test_a_cache_key_begins_with_the_household(household: Household, other_household: Household) -> None:
    assert household_key(household, "report", 2026, 7) == f"h:{household.schema_name}:report:2026:7"
    assert household_key(other_household, "report", 2026, 7) != household_key(household, "report", 2026, 7)


def test_a_file_lies_under_its_household(household: Household) -> None:
    assert household_path(household, "uploads", "a.csv") == f"households/{household.schema_name}/uploads/a.csv"


def test_the_same_words_are_two_values_for_two_households(household: Household, other_household: Household) -> None:
    word = uuid.uuid4().hex
    made = [
        cached(each, word, seconds=60, make=lambda each=each: each.public_id) for each in (household, other_household)
    ]
    again = [cached(each, word, seconds=60, make=lambda: "made anew") for each in (household, other_household)]
    assert (made, again) == (["ours", "theirs"], ["ours", "theirs"])


@pytest.mark.parametrize("value", [0, "", [], False])
def test_an_empty_value_is_kept_too(value: object, household: Household) -> None:
    word = uuid.uuid4().hex
    assert cached(household, word, seconds=60, make=lambda: value) == value
    assert cached(household, word, seconds=60, make=lambda: "made anew") == value


def test_a_value_forgotten_is_made_anew(household: Household) -> None:
    word = uuid.uuid4().hex
    cached(household, word, seconds=60, make=lambda: 1)
    cache.delete(household_key(household, word))
    assert cached(household, word, seconds=60, make=lambda: 2) == 2
