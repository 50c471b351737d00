"""What operators see and do: everything to read, nothing to write but to suspend and to let in again.

What they may change of plans and flags stands in test_admin_plans and test_admin_flags.
"""

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.audit.actions import Action
from apps.audit.events import record
from apps.audit.models import AuditEvent
from apps.households.models import DeadLetter, Household, Membership
from apps.mail.models import Message
from apps.operations.admin.site import site
from apps.users.models import User
from tests.conftest import PASSWORD
from tests.operations.staff import CUSTOMER, a_hired_person, sign_in, staff_client
from tests.planes import both_planes

pytestmark = both_planes
PEOPLE = "/admin/users/user/"
LISTS = [
    PEOPLE,
    "/admin/households/household/",
    "/admin/households/membership/",
    "/admin/households/deadletter/",
    "/admin/mail/message/",
    "/admin/audit/auditevent/",
]

WITH_PAGES = [PEOPLE, "/admin/households/household/", "/admin/audit/auditevent/"]


@pytest.fixture
def rows(household: Household, owner: User) -> dict[str, int]:
    """One row of each kind; the ids by the address of their list."""
    letter = DeadLetter.objects.create(household=household, task="t", arguments={}, attempt_count=5, reason="E")
    mail = Message.objects.create(sender="a@x", recipients=["b@x"], subject="Reset", mime=b"https://secret-link")
    event = record(Action.SIGNED_IN, actor=owner)
    membership = Membership.objects.get(household=household)
    return dict(zip(LISTS, [owner.pk, household.pk, membership.pk, letter.pk, mail.pk, event.pk], strict=True))


def _do(client: Client, deed: str, *people: User):
    form = {"action": deed, "_selected_action": [person.pk for person in people]}
    return client.post(PEOPLE, form, follow=True)


def test_the_first_page_lists_what_operators_may_see_and_nothing_else() -> None:
    page = staff_client().get("/admin/").content.decode()
    assert [address for address in LISTS if f'href="{address}"' not in page] == []
    assert {model._meta.label for model in site._registry} == {
        "users.User",
        "households.Household",
        "households.Membership",
        "households.DeadLetter",
        "mail.Message",
        "audit.AuditEvent",
        "plans.Plan",
        "plans.Subscription",
        "plans.Flag",
        "billing.BillingEvent",
    }


@pytest.mark.parametrize("address", LISTS)
def test_each_list_has_a_search_and_asks_no_more_for_more_rows(
    rows: dict[str, int], address: str, django_assert_max_num_queries
) -> None:
    client = staff_client()
    assert client.get(address).status_code == 200
    with django_assert_max_num_queries(16):
        assert client.get(address, {"q": "ours"}).status_code == 200


@pytest.mark.parametrize("address", WITH_PAGES)
@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_adds_changes_or_deletes_a_row(rows: dict[str, int], address: str, is_superuser: bool) -> None:
    hired = a_hired_person()
    client = staff_client(hired)
    User.objects.filter(pk=hired.user.pk).update(is_superuser=is_superuser)
    row = f"{address}{rows[address]}/"
    assert client.get(row + "change/").status_code == 200
    assert client.post(row + "change/", {"name": "x", "email": "x@example.com"}).status_code == 403
    assert client.get(row + "delete/").status_code == 403
    assert client.post(row + "delete/", {"post": "yes"}).status_code == 403
    assert client.get(address + "add/").status_code == 403
    assert client.post(address + "add/", {}).status_code == 403
    client.post(address, {"action": "delete_selected", "_selected_action": [rows[address]], "post": "yes"})
    assert client.get(row + "change/").status_code == 200


def test_a_mails_text_and_a_persons_password_are_nowhere(rows: dict[str, int], owner: User) -> None:
    client = staff_client()
    for address in LISTS:
        for page in (address, f"{address}{rows[address]}/change/"):
            shown = client.get(page).content.decode()
            assert "secret-link" not in shown
            assert owner.password not in shown


def test_names_of_households_stand_only_on_a_page_that_is_recorded(rows: dict[str, int], household: Household) -> None:
    Household.objects.filter(pk=household.pk).update(name="The Millers")
    client = staff_client()
    for address in LISTS:
        assert "The Millers" not in client.get(address).content.decode()
    assert "The Millers" in client.get(f"/admin/households/household/{household.pk}/change/").content.decode()
    assert AuditEvent.objects.get(action=Action.HOUSEHOLD_LOOKED_AT).household_id == household.pk


def test_looking_at_a_person_is_recorded(owner: User) -> None:
    hired = a_hired_person()
    staff_client(hired).get(f"{PEOPLE}{owner.pk}/change/")
    event = AuditEvent.objects.get(action=Action.PERSON_LOOKED_AT)
    assert (event.actor_id, event.person_id) == (hired.user.pk, owner.pk)


def test_no_page_needs_a_script_or_style_that_the_policy_forbids(rows: dict[str, int]) -> None:
    client = staff_client()
    for address in ["/admin/", "/admin/password_change/", *LISTS, f"{PEOPLE}{rows[PEOPLE]}/change/"]:
        answer = client.get(address)
        page = answer.content.decode()
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "unsafe-inline" not in answer["Content-Security-Policy"]
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page


# --- Suspending ----------------------------------------------------------------------------------------------------


def test_a_suspended_person_is_signed_out_at_once_and_everywhere(owner: User) -> None:
    first, second = Client(), Client()
    assert first.post("/accounts/login/", CUSTOMER).status_code == 302
    assert second.post("/accounts/login/", CUSTOMER).status_code == 302
    assert "1 person was suspended." in _do(staff_client(), "suspend", owner).content.decode()
    for client in (first, second):
        assert client.get("/h/ours/")["Location"].startswith("/accounts/login/")
        assert SESSION_KEY not in client.session


def test_only_the_right_password_is_told_of_the_suspension(owner: User) -> None:
    _do(staff_client(), "suspend", owner)
    told = Client().post("/accounts/login/", CUSTOMER, follow=True)
    assert told.redirect_chain == [("/accounts/inactive/", 302)]
    assert "This account is suspended" in told.content.decode()
    untold = Client().post("/accounts/login/", CUSTOMER | {"password": "wrong-word"})
    assert untold.status_code == 200
    assert "suspended" not in untold.content.decode()


def test_letting_in_again_gives_back_the_account_and_none_of_the_old_sessions(owner: User) -> None:
    before, staff = Client(), staff_client()
    before.post("/accounts/login/", CUSTOMER)
    _do(staff, "suspend", owner)
    assert "1 person was let in again." in _do(staff, "unsuspend", owner).content.decode()
    assert before.get("/h/ours/")["Location"].startswith("/accounts/login/")
    assert before.post("/accounts/login/", CUSTOMER).status_code == 302
    assert before.get("/h/ours/").status_code == 200


def test_each_suspension_is_recorded_once_and_by_name(owner: User) -> None:
    hired = a_hired_person()
    staff = staff_client(hired)
    for deed in ("suspend", "suspend", "unsuspend", "unsuspend"):
        _do(staff, deed, owner)
    told = AuditEvent.objects.filter(person_id=owner.pk).order_by("pk").values_list("action", "actor_id")
    assert list(told) == [(Action.PERSON_SUSPENDED, hired.user.pk), (Action.PERSON_UNSUSPENDED, hired.user.pk)]


def test_suspended_staff_are_out_at_once_and_nobody_suspends_themselves() -> None:
    boss, other = a_hired_person(), a_hired_person("bo@staff.example.com")
    bosses, others = staff_client(boss), staff_client(other)
    assert "You cannot suspend yourself." in _do(bosses, "suspend", boss.user, other.user).content.decode()
    assert others.get("/admin/")["Location"].startswith("/admin/login/")
    assert bosses.get("/admin/").status_code == 200
    assert sign_in(Client(), other, code=other.recovery_codes[0]).status_code == 200


# --- Making staff --------------------------------------------------------------------------------------------------


def test_create_staff_prints_once_what_opens_the_door(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_staff", "Cy@Staff.example.com", name="Cy")
    out = capsys.readouterr().out
    user = User.objects.get(email="cy@staff.example.com")
    assert (user.is_staff, user.is_superuser) == (True, False)
    password = next(line.split()[1] for line in out.splitlines() if line.startswith("  password"))
    code = next(line.split()[2] for line in out.splitlines() if line.startswith("  recovery"))
    assert user.check_password(password)
    assert "otpauth://totp/" in out
    form = {"username": user.email, "password": password, "code": code}
    assert Client().post(reverse("admin:login"), form).status_code == 302


@pytest.mark.parametrize(("email", "why"), [("ours@example.com", "has an account already"), ("ann", "no e-mail")])
def test_create_staff_says_why_it_does_not(email: str, why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("create_staff", email)
    assert User.objects.get(email="ours@example.com").check_password(PASSWORD)


def test_a_new_password_of_staff_is_recorded_and_a_refused_one_is_not() -> None:
    hired = a_hired_person()
    client = staff_client(hired)
    new = {"new_password1": "another-long-word-9", "new_password2": "another-long-word-9"}
    events = AuditEvent.objects.filter(action=Action.PASSWORD_CHANGED, actor_id=hired.user.pk)
    client.post("/admin/password_change/", {"old_password": "wrong", **new})
    assert not events.exists()
    client.post("/admin/password_change/", {"old_password": hired.password, **new})
    hired.user.refresh_from_db()
    assert (hired.user.check_password("another-long-word-9"), events.count()) == (True, 1)


def test_signing_out_of_the_staffs_site_is_recorded() -> None:
    hired = a_hired_person()
    staff_client(hired).post("/admin/logout/")
    assert AuditEvent.objects.filter(action=Action.SIGNED_OUT, actor_id=hired.user.pk).count() == 1


def test_djangos_own_command_makes_no_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-enough-word-3")
    with pytest.raises(CommandError, match="create_staff"):
        call_command("createsuperuser", interactive=False, email="root@staff.example.com", verbosity=0)
    assert not User.objects.filter(email="root@staff.example.com").exists()


def test_what_people_write_does_not_stand_in_the_audit_log(member_client: Client, household: Household) -> None:
    form = {"name": "The Secret Smiths", "currency": "USD", "time_zone": "UTC", "month_start_day": "1"}
    member_client.post("/h/ours/settings/", form)
    member_client.post("/h/ours/settings/members/", {"email": "grandma@example.com", "role": "member"})
    events = AuditEvent.objects.filter(household_id=household.pk)
    assert {event.action for event in events} == {Action.HOUSEHOLD_CHANGED, Action.INVITED}
    staff = staff_client()
    for event in events:
        shown = staff.get(f"/admin/audit/auditevent/{event.pk}/change/").content.decode()
        assert ("Secret Smiths" in shown, "grandma" in shown) == (False, False)
