"""A person with several households: the list, the switcher, and opening another."""

from django.test import Client

from apps.households.models import Household, Membership
from apps.users.models import User
from tests.households.people import browser
from tests.planes import both_planes

pytestmark = both_planes
FORM = {"name": "Beach house", "currency": "EUR", "time_zone": "UTC"}


def key_of(client: Client) -> str:
    page = client.get("/households/new/").content.decode()
    return page.partition('name="key" value="')[2].partition('"')[0]


def test_the_switcher_goes_by_name_and_marks_where_one_is(
    member_client: Client, owner: User, other_household: Household
) -> None:
    for name in ("alps", "Zoo"):
        made = Household.objects.create(name=name, is_ready=True)
        Membership.objects.create(household=made, user=owner, role="viewer")
    page = member_client.get("/h/ours/").content.decode()
    panel = page.partition('class="menu__panel"')[2].partition("</details>")[0]
    assert panel.index(">alps<") < panel.index(">Ours<") < panel.index(">Zoo<")
    assert panel.count('aria-current="true"') == 1
    assert 'href="/h/ours/" aria-current="true"' in panel
    assert 'href="/households/new/"' in panel
    assert other_household.name not in panel


def test_another_household_is_opened_once_by_a_form_sent_twice(member_client: Client, owner: User) -> None:
    form = {**FORM, "key": key_of(member_client)}
    first, second = (member_client.post("/households/new/", form)["Location"] for _ in range(2))
    made = Household.objects.get(name="Beach house")
    assert first == second == made.get_absolute_url()
    assert (made.currency, made.memberships.get().role) == ("EUR", "owner")
    assert member_client.get(first).status_code == 200
    # Two forms are two households, also of one name.
    member_client.post("/households/new/", {**FORM, "key": key_of(member_client)})
    assert owner.memberships.count() == 3


def test_a_key_that_is_not_this_persons_opens_nothing(member_client: Client) -> None:
    stranger = browser(User.objects.get(email="theirs@example.com"))
    for key in ("", "made-up", key_of(stranger)):
        answer = member_client.post("/households/new/", {**FORM, "key": key})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Nothing was opened; please send it again." in page
        assert 'value="Beach house"' in page
    assert not Household.objects.filter(name="Beach house").exists()


def test_a_household_without_a_name_is_not_opened(member_client: Client) -> None:
    answer = member_client.post("/households/new/", {**FORM, "name": "", "key": key_of(member_client)})
    assert answer.status_code == 422
    assert Household.objects.count() == 2


def test_the_list_has_them_all_also_what_is_being_made(member_client: Client, owner: User) -> None:
    made = Household.objects.create(name="Alps", is_ready=False)
    Membership.objects.create(household=made, user=owner, role="owner")
    page = member_client.get("/households/").content.decode()
    assert page.index("Alps") < page.index("Ours")
    assert "is being set up" in page
    assert "Theirs" not in page
    # Its page waits for it, and not for another.
    assert member_client.get(made.get_absolute_url())["Location"] == f"/start/?household={made.public_id}"
    assert (
        'The ledger of <b dir="auto">Alps</b>'
        in member_client.get(f"/start/?household={made.public_id}").content.decode()
    )
    assert member_client.get("/start/")["Location"] == "/h/ours/"
    for other in ("theirs", "nobody", "%00"):
        assert member_client.get(f"/start/?household={other}")["Location"] == "/h/ours/"
