"""Staff say for whom a feature is on; what they typed wrongly is named, and who changed what is told for good."""

from typing import Any

import pytest
from django.test import Client

from apps.audit.actions import Action
from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.operations.admin.hiring import Hired
from apps.plans.models import Flag, Plan
from apps.users.models import User
from tests.operations.staff import a_hired_person, staff_client
from tests.planes import both_planes

pytestmark = both_planes
LIST = "/admin/plans/flag/"


@pytest.fixture
def hired() -> Hired:
    return a_hired_person()


@pytest.fixture
def staff(hired: Hired) -> Client:
    return staff_client(hired)


@pytest.fixture
def flag() -> Flag:
    return Flag.objects.get(name="api_access")


def page_of(flag: Flag) -> str:
    return f"{LIST}{flag.pk}/change/"


def form_of(flag: Flag, **instead: Any) -> dict[str, Any]:
    """What the page sends if nobody has typed anything, and what was typed."""
    unchanged = {
        "title": flag.title,
        "told": flag.told,
        "everyone": "unknown",
        "plans": [plan.pk for plan in flag.plans.all()],
        "households": "",
        "households_off": "",
        "users": "",
        "percent": "",
    }
    return unchanged | instead


def test_every_part_of_a_flag_is_changed_on_one_page(
    staff: Client, flag: Flag, household: Household, owner: User
) -> None:
    basic = Plan.objects.get(code="basic")
    typed = {"households": " OURS\r\n", "households_off": "theirs", "users": "Ours@example.com", "percent": "12.5"}
    answer = staff.post(page_of(flag), form_of(flag, plans=[basic.pk], title="API", everyone="false", **typed))
    assert answer.status_code == 302
    flag.refresh_from_db()
    assert (flag.title, flag.everyone, str(flag.percent)) == ("API", False, "12.5")
    assert [one.code for one in flag.plans.all()] == ["basic"]
    assert [one.public_id for one in flag.households.all()] == ["ours"]
    assert [one.public_id for one in flag.households_off.all()] == ["theirs"]
    assert list(flag.users.all()) == [owner]


def test_a_change_is_recorded_in_ids_and_words_and_told_on_the_page(
    staff: Client, hired: Hired, flag: Flag, household: Household, owner: User
) -> None:
    staff.post(page_of(flag), form_of(flag, everyone="true", households="ours", users=owner.email))
    event = AuditEvent.objects.get(action=Action.FLAG_CHANGED)
    assert (event.actor_id, event.household_id) == (hired.user.pk, None)
    assert event.details == {
        "flag": "api_access",
        "fields": "everyone, households, users",
        "changes": {
            "everyone": {"old": None, "new": True},
            "households": {"old": [], "new": ["ours"]},
            "users": {"old": [], "new": [owner.pk]},
        },
    }
    assert event.sentence() == "changed for whom api_access is on: everyone, households, users"
    page = staff.get(page_of(flag)).content.decode()
    assert "ann@staff.example.com" in page
    assert "households: none → ours" in page
    other = staff.get(page_of(Flag.objects.get(name="csv_export"))).content.decode()
    assert "Nobody, so far." in other


def test_saving_what_is_there_already_records_nothing(staff: Client, flag: Flag) -> None:
    assert staff.post(page_of(flag), form_of(flag)).status_code == 302
    assert not AuditEvent.objects.filter(action=Action.FLAG_CHANGED).exists()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"households": "ours nowhere\nneither"}, "There is no household neither or nowhere."),
        ({"users": "ours@example.com\nnobody@x"}, "There is no customer with the address nobody@x."),
        ({"users": "ann@staff.example.com"}, "There is no customer with the address ann@staff.example.com."),
        ({"households": "ours", "households_off": "ours theirs"}, "Off for these, too: ours."),
        ({"percent": "100.1"}, "less than or equal to 100"),
        ({"percent": "-1"}, "greater than or equal to 0"),
        ({"percent": "NaN"}, "Enter a number."),
        ({"title": ""}, "This field is required."),
        ({"plans": ["999"]}, "999 is not one of the available choices"),
        ({"households": "\0"}, "Null characters are not allowed."),
    ],
)
def test_what_was_typed_wrongly_is_named_and_nothing_is_changed(
    staff: Client, flag: Flag, typed: dict[str, Any], why: str
) -> None:
    page = staff.post(page_of(flag), form_of(flag, everyone="false", **typed))
    assert page.status_code == 200
    assert why in page.content.decode()
    flag.refresh_from_db()
    assert (flag.everyone, flag.households.count(), flag.users.count()) == (None, 0, 0)


def test_a_name_cannot_be_changed_and_no_flag_is_added_or_deleted(staff: Client, flag: Flag) -> None:
    staff.post(page_of(flag), form_of(flag, name="csv_export_2"))
    flag.refresh_from_db()
    assert flag.name == "api_access"
    assert staff.post(f"{LIST}add/", form_of(flag, name="api")).status_code == 403
    assert staff.post(f"{LIST}{flag.pk}/delete/", {"post": "yes"}).status_code == 403
    staff.post(LIST, {"action": "delete_selected", "_selected_action": [flag.pk], "post": "yes"})
    assert Flag.objects.count() == 6


def test_the_list_tells_at_a_glance_and_asks_no_more_for_more(
    staff: Client, flag: Flag, household: Household, other_household: Household, django_assert_max_num_queries: Any
) -> None:
    flag.households.add(household, other_household)
    flag.households_off.add(household)
    with django_assert_max_num_queries(12):
        page = staff.get(LIST).content.decode()
    assert "Trial, Pro, Family" in page
    assert '<td class="field-on_count">2</td>' in page
    assert '<td class="field-off_count">1</td>' in page


def test_a_form_from_elsewhere_is_refused(hired: Hired, flag: Flag) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = staff_client(hired).cookies
    assert browser.post(page_of(flag), form_of(flag, everyone="false")).status_code == 403
    flag.refresh_from_db()
    assert flag.everyone is None


def test_what_staff_change_holds_for_the_next_request(
    staff: Client, member_client: Client, flag: Flag, household: Household
) -> None:
    sharing = Flag.objects.get(name="family_sharing")
    members = "/h/ours/settings/members/"
    assert "Send the invitation" in member_client.get(members).content.decode()
    staff.post(page_of(sharing), form_of(sharing, households_off="ours"))
    assert "It is switched off for this household" in member_client.get(members).content.decode()


def test_the_page_needs_no_script_or_style_that_the_policy_forbids_and_names_no_household(
    staff: Client, flag: Flag, household: Household
) -> None:
    Household.objects.filter(pk=household.pk).update(name="The Secret Smiths")
    flag.households.add(household)
    for address in (LIST, page_of(flag)):
        page = staff.get(address).content.decode()
        assert ("<style" in page, " style=" in page, " onclick=" in page) == (False, False, False)
        assert "Secret Smiths" not in page


@pytest.mark.parametrize(("name", "count"), [("multiple_accounts", 2), ("api_access", 0)])
def test_accounts_are_fitted_where_more_than_one_is_switched(
    staff: Client, household: Household, other_household: Household, name: str, count: int
) -> None:
    flag = Flag.objects.get(name=name)
    assert staff.post(page_of(flag), form_of(flag, everyone="false")).status_code == 302
    assert Household.objects.filter(work_ordered_at__isnull=False).count() == count
