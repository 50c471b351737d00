"""The pages of the tags, without JavaScript: what each form does, and what it says when it cannot."""

import pytest
from django.core.cache import cache
from django.test import Client

from apps.households.models import Household, Membership
from apps.ledger.models import Account, Revision, Tag, TransactionTag
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture(autouse=True)
def no_sums_of_other_tests() -> None:
    cache.clear()


TAGS = "/h/ours/tags/"


@pytest.fixture
def dining(household: Household) -> Tag:
    """With one row. The stranger's household has a bucket of the same id, too."""
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        tag = Tag.objects.get(value="dining")
        TransactionTag.objects.create(transaction=by_hand(account, "2026-11-01", "-10"), tag=tag)
        return tag


def names(household: Household, namespace: str = "bucket") -> list[str]:
    with household_context(household):
        return list(Tag.objects.filter(namespace=namespace).values_list("name", flat=True))


def pk_of(household: Household, value: str) -> int:
    with household_context(household):
        return Tag.objects.get(value=value).pk


def revision(household: Household) -> int:
    with household_context(household):
        return Revision.current()


def test_the_first_tag_of_a_kind_begins_the_kind(member_client: Client, household: Household) -> None:
    form = {"kind": "new", "new_kind": "City trip", "name": "Rome", "colour": "3", "description": "in May"}
    answer = member_client.post(f"{TAGS}new/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/h/ours/tags/#city-trip")
    page = member_client.get(TAGS).content.decode()
    assert all(text in page for text in ('id="city-trip"', "City trip", "Rome", "in May", "Undo"))
    assert names(household, "city-trip") == ["Rome"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "   "}, "This field is required."),
        ({"name": "x" * 81}, "Ensure this value has at most 80 characters (it has 81)."),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"name": "dINING"}, "“Dining” exists already. Choose another name."),
        ({"colour": "9"}, "Select a valid choice. 9 is not one of the available choices."),
        ({"kind": "account"}, "Select a valid choice. account is not one of the available choices."),
        ({"kind": "new", "new_kind": "Account"}, "“Account” means something else here already."),
        ({"kind": "new"}, "Give the new kind of tag a name with letters."),
        ({"description": "x" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
    ],
)
def test_what_cannot_be_a_tag_is_told_and_not_made(
    member_client: Client, household: Household, form: dict[str, str], sentence: str
) -> None:
    before = names(household)
    answer = member_client.post(f"{TAGS}new/", {"kind": "bucket", "name": "Pets", "colour": "1", **form})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert names(household) == before


def test_a_rename_into_a_name_that_exists_offers_the_merge(
    member_client: Client, household: Household, dining: Tag
) -> None:
    groceries = pk_of(household, "groceries")
    form = {"name": "groceries", "colour": "2", "as_of": str(revision(household))}
    answer = member_client.post(f"{TAGS}{dining.pk}/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“Groceries” exists already. Choose another name, or merge the two." in page
    assert f'href="/h/ours/tags/{dining.pk}/merge/?into={groceries}"' in page
    merge = member_client.get(f"{TAGS}{dining.pk}/merge/?into={groceries}").content.decode()
    assert f'<option value="{groceries}" selected>Groceries</option>' in merge


def test_the_merge_and_its_undo(member_client: Client, household: Household, dining: Tag) -> None:
    groceries = pk_of(household, "groceries")
    form = {"into": str(groceries), "as_of": str(revision(household))}
    answer = member_client.post(f"{TAGS}{dining.pk}/merge/", form)
    assert (answer.status_code, answer["Location"]) == (302, f"/h/ours/tags/{groceries}/")
    page = member_client.get(answer["Location"])
    assert "“Dining” and “Groceries” are one now: “Groceries”." in page.content.decode()
    (message,) = page.context["messages"]
    before = names(household)
    assert "Dining" not in before
    assert member_client.post(message.extra_tags).status_code == 302
    assert "Dining" in names(household)


def test_a_second_tab_is_told_that_the_tag_was_changed(
    member_client: Client, household: Household, dining: Tag
) -> None:
    shown = str(revision(household))
    first = {"name": "Eating out", "colour": "2", "as_of": shown}
    assert member_client.post(f"{TAGS}{dining.pk}/", first).status_code == 302
    second = member_client.post(f"{TAGS}{dining.pk}/", {"name": "Food", "colour": "2", "as_of": shown})
    assert second.status_code == 422
    assert "changed after you opened this page" in second.content.decode()
    deleted = member_client.post(f"{TAGS}{dining.pk}/delete/", {"destination": "none", "as_of": shown})
    assert deleted.status_code == 422
    assert "Eating out" in names(household)


def test_a_tag_in_use_is_deleted_only_when_it_is_said_where_its_rows_go(
    member_client: Client, household: Household, dining: Tag
) -> None:
    page = member_client.get(f"{TAGS}{dining.pk}/delete/").content.decode()
    assert all(text in page for text in ("1 row</a>", "10.00", "No bucket"))
    as_of = str(revision(household))
    unsaid = member_client.post(f"{TAGS}{dining.pk}/delete/", {"as_of": as_of})
    assert (unsaid.status_code, "Dining" in names(household)) == (422, True)
    said = member_client.post(f"{TAGS}{dining.pk}/delete/", {"destination": "none", "as_of": as_of})
    assert (said.status_code, "Dining" in names(household)) == (302, False)


def test_the_order_goes_by_the_list_or_by_a_button(member_client: Client, household: Household) -> None:
    before = names(household)
    with household_context(household):
        order = list(Tag.objects.filter(namespace="bucket").values_list("pk", flat=True))
    address = f"{TAGS}order/bucket/"
    assert member_client.post(address, {"order": order, "down": str(order[0])}).status_code == 302
    assert names(household) == [before[1], before[0], *before[2:]]
    assert member_client.post(address, {"order": order, "up": str(order[-1])}).status_code == 302
    assert names(household) == [*before[:-2], before[-1], before[-2]]
    assert member_client.post(address, {"order": order[::-1]}).status_code == 302
    assert names(household) == before[::-1]


@pytest.mark.parametrize("order", [["999999"], ["9" * 40], ["x"], ["\x00"], []])
def test_an_order_of_other_things_changes_nothing(
    member_client: Client, household: Household, order: list[str]
) -> None:
    before = names(household)
    assert member_client.post(f"{TAGS}order/bucket/", {"order": order, "up": "x"}).status_code == 302
    assert names(household) == before


@pytest.mark.parametrize("page", ["", "merge/", "delete/"])
def test_a_tag_that_only_the_others_have_is_not_there(
    member_client: Client, other_household: Household, page: str
) -> None:
    with household_context(other_household):
        foreign = Tag.objects.create(pk=424242, namespace="bucket", value="theirs", name="Theirs")
    assert member_client.get(f"{TAGS}{foreign.pk}/{page}").status_code == 404
    assert member_client.post(f"{TAGS}{foreign.pk}/{page}", {"name": "Ours"}).status_code == 404
    assert member_client.get(f"{TAGS}{'9' * 30}/{page}").status_code == 404
    assert "Theirs" in names(other_household)


def test_rows_cannot_go_to_the_tag_of_another_household(
    member_client: Client, other_household: Household, household: Household, dining: Tag
) -> None:
    with household_context(other_household):
        Tag.objects.create(pk=424242, namespace="bucket", value="theirs", name="Theirs")
    as_of = str(revision(household))
    for page, field in (("merge", "into"), ("delete", "destination")):
        answer = member_client.post(f"{TAGS}{dining.pk}/{page}/", {field: "424242", "as_of": as_of})
        assert answer.status_code == 422
    assert "Dining" in names(household)


def test_a_viewer_sees_no_form_and_changes_nothing(household: Household, dining: Tag) -> None:
    viewer = User.objects.create_user("viewer@example.com", "a-long-enough-word")
    viewer.emailaddress_set.create(email=viewer.email, verified=True, primary=True)
    Membership.objects.create(household=household, user=viewer, role=Membership.Role.VIEWER)
    client = Client()
    client.force_login(viewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(TAGS).content.decode()
    assert "Dining" in page
    assert "tags/new/" not in page
    assert 'name="up"' not in page
    assert client.post(f"{TAGS}{dining.pk}/", {"name": "Mine", "colour": "1"}).status_code == 403
    assert client.post(f"{TAGS}order/bucket/", {"order": []}).status_code == 403
