"""Two doors that never open for the other's key: /admin/ for staff alone, everything else for everybody but staff."""

import datetime
import re

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.households.models import Household, Membership
from apps.operations.admin.site import site
from apps.operations.models import StaffSession
from apps.users.models import User
from tests.conftest import PASSWORD
from tests.operations.staff import CUSTOMER, a_hired_person, code_of, sign_in, staff_client
from tests.planes import both_planes

pytestmark = both_planes
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CUSTOMER_PAGES = ["/start/", "/h/ours/", "/h/ours/transactions/", "/accounts/email/", "/accounts/password/change/"]
STAFF_PAGES = [
    "/admin/",
    "/admin/users/user/",
    "/admin/audit/auditevent/",
    "/admin/password_change/",
    "/admin/nowhere/",
]


EVERY_LIST = sorted(f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in site._registry)
EVERY_PAGE = [
    *(page + below for page in EVERY_LIST for below in ("", "add/", "1/", "1/change/", "1/delete/", "1/history/")),
    *(
        reverse(f"admin:{page}")
        for page in ("index", "password_change", "password_change_done", "jsi18n", "autocomplete")
    ),
    *(reverse("admin:app_list", args=[name]) for name in ("users", "households", "mail", "audit")),
    reverse("admin:view_on_site", args=[1, 1]),
]


def _without_tokens(page: bytes) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", page.decode())


def _sends_to_sign_in(client: Client, address: str, door: str) -> bool:
    answer = client.get(address)
    return answer.status_code == 302 and answer["Location"].startswith(door)


@pytest.mark.parametrize("address", CUSTOMER_PAGES)
def test_a_staff_session_opens_no_customers_page(address: str) -> None:
    assert _sends_to_sign_in(staff_client(), address, "/accounts/login/")


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_every_page_asks_who_is_not_signed_in_there(client: Client, member_client: Client, address: str) -> None:
    """Customers with a session of theirs as strangers without one, looking as doing."""
    for visitor in (client, member_client):
        for answer in (visitor.get(address), visitor.post(address)):
            assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={address}")


@pytest.mark.parametrize("address", STAFF_PAGES)
def test_a_customers_session_opens_no_staff_page(member_client: Client, address: str) -> None:
    assert _sends_to_sign_in(member_client, address, "/admin/login/")


def test_the_staff_cookie_is_for_its_path_alone_and_no_script_reads_it() -> None:
    cookie = staff_client().cookies[settings.STAFF_COOKIE_NAME]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Strict")
    assert settings.SESSION_COOKIE_NAME not in staff_client(a_hired_person("b@staff.example.com")).cookies


def test_a_customers_key_in_the_staff_cookie_opens_nothing(member_client: Client) -> None:
    forger = Client()
    forger.cookies[settings.STAFF_COOKIE_NAME] = member_client.cookies[settings.SESSION_COOKIE_NAME].value
    assert _sends_to_sign_in(forger, "/admin/", "/admin/login/")


def test_the_staffs_key_in_the_customers_cookie_opens_nothing() -> None:
    forger = Client()
    forger.cookies[settings.SESSION_COOKIE_NAME] = staff_client().cookies[settings.STAFF_COOKIE_NAME].value
    for address in CUSTOMER_PAGES:
        assert _sends_to_sign_in(forger, address, "/accounts/login/")


@pytest.mark.parametrize("power", [{"is_staff": True}, {"is_staff": True, "is_superuser": True}])
def test_a_member_who_is_made_staff_is_nobody_at_both_doors(
    member_client: Client, owner: User, power: dict[str, bool]
) -> None:
    User.objects.filter(pk=owner.pk).update(**power)
    for address in CUSTOMER_PAGES:
        assert _sends_to_sign_in(member_client, address, "/accounts/login/")
    for address in STAFF_PAGES:
        assert _sends_to_sign_in(member_client, address, "/admin/login/")


def test_a_superuser_who_is_no_staff_opens_no_staff_page(member_client: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_superuser=True)
    assert _sends_to_sign_in(member_client, "/admin/", "/admin/login/")
    assert member_client.get("/h/ours/").status_code == 200


def test_staff_are_refused_at_the_customers_door_as_by_a_wrong_password() -> None:
    hired = a_hired_person()
    right, wrong = Client(), Client()
    refused = right.post("/accounts/login/", {"login": hired.user.email, "password": hired.password})
    mistyped = wrong.post("/accounts/login/", {"login": hired.user.email, "password": "wrong-word"})
    assert refused.status_code == mistyped.status_code == 200
    assert _without_tokens(refused.content) == _without_tokens(mistyped.content)
    assert SESSION_KEY not in right.session


def test_the_right_password_of_staff_counts_as_a_wrong_one_at_the_customers_door() -> None:
    hired, client = a_hired_person(), Client()
    form = {"login": hired.user.email, "password": hired.password}
    codes = [client.post("/accounts/login/", form).status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert codes[-1] == 429


def test_customers_are_refused_at_the_staffs_door_as_by_a_wrong_password() -> None:
    client = Client()
    form = {"username": CUSTOMER["login"], "password": PASSWORD, "code": "123456"}
    refused, mistyped = client.post("/admin/login/", form), client.post("/admin/login/", form | {"password": "wrong"})
    assert refused.status_code == mistyped.status_code == 200
    assert _without_tokens(refused.content) == _without_tokens(mistyped.content)
    assert "The e-mail address, the password or the code is wrong." in refused.content.decode()


def test_nobody_gets_in_without_the_code() -> None:
    hired, client = a_hired_person(), Client()
    for code in (" ", "000000", "abcdefgh"):
        assert sign_in(client, hired, code=code).status_code == 200
    assert _sends_to_sign_in(client, "/admin/", "/admin/login/")


def test_an_account_of_staff_without_an_app_gets_nowhere() -> None:
    hired = a_hired_person()
    hired.user.totpdevice_set.all().delete()
    hired.user.staticdevice_set.all().delete()
    assert sign_in(Client(), hired, code="123456").status_code == 200


def test_a_session_without_a_code_opens_no_page() -> None:
    """Whatever made it: the site asks for the device that the session is bound to."""
    hired = a_hired_person()
    client = staff_client(hired)
    hired.user.totpdevice_set.update(confirmed=False)
    assert _sends_to_sign_in(client, "/admin/", "/admin/login/")


def test_a_code_is_good_for_one_sign_in() -> None:
    hired = a_hired_person()
    code = code_of(hired)
    assert sign_in(Client(), hired, code=code).status_code == 302
    cache.clear()
    assert sign_in(Client(), hired, code=code).status_code == 200


def test_a_recovery_code_opens_once() -> None:
    hired = a_hired_person()
    assert sign_in(Client(), hired, code=hired.recovery_codes[0].upper()).status_code == 302
    assert sign_in(Client(), hired, code=hired.recovery_codes[0]).status_code == 200


def test_wrong_codes_lock_like_wrong_passwords() -> None:
    hired, client = a_hired_person(), Client()
    answers = [sign_in(client, hired, code="000000").status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers == [200, 200, 200, 200, 429]
    assert sign_in(client, hired).status_code == 429


def test_a_session_ends_after_half_an_hour_without_a_page() -> None:
    client = staff_client()
    expires = StaffSession.objects.get().expire_date
    assert timezone.now() < expires <= timezone.now() + datetime.timedelta(minutes=30)
    StaffSession.objects.update(expire_date=timezone.now() + datetime.timedelta(minutes=1))
    assert client.get("/admin/").status_code == 200
    assert StaffSession.objects.get().expire_date > timezone.now() + datetime.timedelta(minutes=29)
    StaffSession.objects.update(expire_date=timezone.now())
    assert _sends_to_sign_in(client, "/admin/", "/admin/login/")


def test_a_session_ends_after_eight_hours_however_busy() -> None:
    client = staff_client()
    store = StaffSession.get_session_store_class()(StaffSession.objects.get().session_key)
    store["began"] = (timezone.now() - datetime.timedelta(hours=7, minutes=50)).isoformat()
    store.save()
    assert client.get("/admin/").status_code == 200
    assert StaffSession.objects.get().expire_date < timezone.now() + datetime.timedelta(minutes=11)
    store["began"] = (timezone.now() - datetime.timedelta(hours=8, seconds=1)).isoformat()
    store.save()
    assert _sends_to_sign_in(client, "/admin/", "/admin/login/")


def test_signing_out_ends_the_session() -> None:
    client = staff_client()
    client.post("/admin/logout/")
    assert not StaffSession.objects.exists()
    assert _sends_to_sign_in(client, "/admin/", "/admin/login/")


def test_both_doors_work_side_by_side_in_one_browser(household: Household) -> None:
    client = staff_client()
    assert client.post("/accounts/login/", CUSTOMER).status_code == 302
    assert client.get("/h/ours/").status_code == 200
    assert client.get("/admin/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/admin/").status_code == 200


def test_a_household_has_no_staff_door_within(member_client: Client, household: Household) -> None:
    assert member_client.get("/h/ours/admin/").status_code == 404
    assert member_client.get("/h/ours/").status_code == 200


def test_staff_who_somehow_belong_to_a_household_do_not_see_it(household: Household) -> None:
    hired = a_hired_person()
    Membership.objects.create(household=household, user=hired.user, role="member")
    forced = Client()
    forced.force_login(hired.user, backend=BACKEND)
    assert _sends_to_sign_in(forced, "/h/ours/", "/accounts/login/")
    assert _sends_to_sign_in(staff_client(hired), "/h/ours/", "/accounts/login/")


def test_the_next_page_is_never_elsewhere() -> None:
    hired = a_hired_person()
    form = {"username": hired.user.email, "password": hired.password, "code": code_of(hired)}
    answer = Client().post("/admin/login/?next=https://evil.example/", form | {"next": "https://evil.example/"})
    assert answer.status_code == 302
    assert "evil.example" not in answer["Location"]


def test_their_signing_in_and_failing_is_recorded() -> None:
    hired = a_hired_person()
    sign_in(Client(), hired, code="000000")
    staff_client_with_recovery = sign_in(Client(), hired, code=hired.recovery_codes[0])
    assert staff_client_with_recovery.status_code == 302
    told = AuditEvent.objects.order_by("pk").values_list("action", "actor_id", "person_id")
    assert list(told) == [
        ("operator.created_staff", None, hired.user.pk),
        ("session.sign_in_failed", None, hired.user.pk),
        ("session.signed_in", hired.user.pk, None),
    ]
