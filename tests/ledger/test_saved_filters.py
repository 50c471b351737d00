"""Saved filters: kept under a name, opened and counted, pinned, renamed, deleted with an undo."""

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from apps.households.models import Household, Membership
from apps.ledger import saved_filters
from apps.ledger.models import Account, SavedFilter, Tag
from apps.tenancy.context import household_context
from tests.planes import both_planes

pytestmark = both_planes

PAGE = "/h/ours/filters/"
ROWS = "/h/ours/transactions/"


@pytest.fixture
def big_ones(household: Household, other_household: Household) -> SavedFilter:
    """Ours; the stranger has one of that name, too."""
    with household_context(other_household):
        SavedFilter.objects.create(name="Big ones", query="q=theirs")
    with household_context(household):
        return saved_filters.save(name="Big ones", query="?q=%3E500&period=this-year&bucket=")


def told(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def kept(household: Household) -> list[tuple[str, str, bool, int]]:
    with household_context(household):
        return list(SavedFilter.objects.values_list("name", "query", "is_pinned", "use_count"))


def test_the_present_address_is_saved_without_its_empty_fields(member_client: Client, household: Household) -> None:
    response = member_client.post(f"{PAGE}save/", {"name": "  Tea \x00 time ", "query": "q=tea&bucket=&flow=sideways"})
    assert (response.status_code, response["Location"]) == (302, f"{ROWS}?q=tea")
    assert told(response) == ["Saved as “Tea time”."]
    assert kept(household) == [("Tea time", "q=tea", False, 0)]


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("", "q=tea", "Give the filter a name."),
        ("BIG Ones", "q=tea", "There is a filter called “BIG Ones” already. Choose another name."),
        ("x" * 81, "q=tea", "A name has at most 80 signs. Make it shorter."),
        ("All", "q=&flow=sideways", "Nothing is filtered now. Choose what to see first, and then save it."),
        (
            "Long",
            "&".join(f"tag=trip:{'x' * 60}{number}" for number in range(40)),
            "This filter is too long to be saved. Choose fewer accounts or tags, or a shorter search.",
        ),
    ],
)
def test_what_cannot_be_saved_is_told(
    name: str, query: str, sentence: str, member_client: Client, household: Household, big_ones: SavedFilter
) -> None:
    assert told(member_client.post(f"{PAGE}save/", {"name": name, "query": query})) == [sentence]
    assert kept(household) == [("Big ones", "q=%3E500&period=this-year", False, 0)]


def test_opening_one_counts_and_shows_its_rows(
    member_client: Client, household: Household, big_ones: SavedFilter
) -> None:
    for _ in range(2):
        response = member_client.get(f"{PAGE}{big_ones.pk}/")
        assert (response.status_code, response["Location"]) == (302, f"{ROWS}?q=%3E500&period=this-year")
    assert kept(household) == [("Big ones", "q=%3E500&period=this-year", False, 2)]
    with household_context(household):
        assert SavedFilter.objects.get().last_used_at is not None


def test_a_pinned_one_stands_above_the_transactions(
    member_client: Client, household: Household, big_ones: SavedFilter
) -> None:
    with household_context(household):
        Account.objects.create(name="Checking", currency="USD")
    here = f'href="{PAGE}{big_ones.pk}/"'
    assert here not in member_client.get(f"{ROWS}?q=tea").content.decode()
    member_client.post(f"{PAGE}{big_ones.pk}/pin/")
    assert kept(household) == [("Big ones", "q=%3E500&period=this-year", True, 0)]
    assert here in member_client.get(f"{ROWS}?q=tea").content.decode()
    member_client.post(f"{PAGE}{big_ones.pk}/unpin/")
    assert here not in member_client.get(f"{ROWS}?q=tea").content.decode()


def test_one_is_renamed_but_not_to_a_name_that_is_taken(
    member_client: Client, household: Household, big_ones: SavedFilter
) -> None:
    with household_context(household):
        SavedFilter.objects.create(name="Tea", query="q=tea", use_count=5)
    response = member_client.post(f"{PAGE}{big_ones.pk}/rename/", {"name": "tea"})
    assert told(response) == ["There is a filter called “tea” already. Choose another name."]
    member_client.post(f"{PAGE}{big_ones.pk}/rename/", {"name": "big ONES"})
    assert [name for name, *_ in kept(household)] == ["Tea", "big ONES"]


def test_of_two_who_choose_a_name_at_once_one_is_told(opened: Household) -> None:
    SavedFilter.objects.create(name="TEA", query="q=tea")
    with pytest.raises(saved_filters.UnusableName) as told, saved_filters.only_once("Tea"):
        SavedFilter.objects.create(name="Tea", query="q=coffee")
    assert str(told.value) == "There is a filter called “Tea” already. Choose another name."
    assert SavedFilter.objects.get().name == "TEA"


def test_a_deleted_one_comes_back_by_undo(member_client: Client, household: Household, big_ones: SavedFilter) -> None:
    before = kept(household)
    response = member_client.post(f"{PAGE}{big_ones.pk}/delete/")
    assert told(response) == ["Deleted the filter “Big ones”."]
    assert kept(household) == []
    (message,) = get_messages(response.wsgi_request)
    member_client.post(message.extra_tags)
    assert kept(household) == before


def test_the_page_lists_them_in_words(member_client: Client, household: Household, big_ones: SavedFilter) -> None:
    with household_context(household):
        dining = Tag.objects.get(value="dining")
        dining.name = "Eating out"
        dining.save()
        SavedFilter.objects.create(name="Food", query="bucket=dining&account=999", is_pinned=True, use_count=0)
    page = member_client.get(PAGE).context["listed"]
    assert [(one.saved.name, [chip.label for chip in one.chips]) for one in page] == [
        ("Food", ["Eating out", "Unknown account"]),
        ("Big ones", [">500", "This year"]),
    ]


def test_without_any_the_page_says_how_to_get_one(member_client: Client) -> None:
    assert "No saved filters yet" in member_client.get(PAGE).content.decode()


@pytest.mark.parametrize("deed", ["", "rename/", "pin/", "unpin/", "delete/"])
def test_one_that_is_not_there_is_not_found(deed: str, member_client: Client, big_ones: SavedFilter) -> None:
    address = f"{PAGE}{big_ones.pk + 1}/{deed}"
    response = member_client.post(address, {"name": "x"}) if deed else member_client.get(address)
    assert response.status_code == 404


def test_a_viewer_opens_them_and_changes_none(
    member_client: Client, household: Household, big_ones: SavedFilter
) -> None:
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    page = member_client.get(PAGE).content.decode()
    assert "Big ones" in page
    assert "Rename" not in page
    assert member_client.get(f"{PAGE}{big_ones.pk}/").status_code == 302
    for deed in (
        "save/",
        f"{big_ones.pk}/rename/",
        f"{big_ones.pk}/pin/",
        f"{big_ones.pk}/unpin/",
        f"{big_ones.pk}/delete/",
    ):
        assert member_client.post(f"{PAGE}{deed}", {"name": "x", "query": "q=tea"}).status_code == 403
    # Not even that it was used: the database takes nothing from a viewer.
    assert kept(household) == [("Big ones", "q=%3E500&period=this-year", False, 0)]
