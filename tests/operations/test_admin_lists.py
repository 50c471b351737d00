"""The staff's lists answer what their own filters ask, and no question that is typed into the address."""

import pytest
from django.test import Client

from apps.households.models import Household, Membership
from apps.mail.models import Message
from apps.users.models import User
from tests.operations.staff import staff_client
from tests.planes import both_planes

pytestmark = both_planes
LINK = "https://wallet.example/accounts/password/reset/key/1-abc123"


@pytest.fixture
def staff() -> Client:
    return staff_client()


@pytest.fixture
def mail() -> Message:
    """The whole mail stands in its row until it is sent, with a link that opens an account."""
    return Message.objects.create(sender="a@b.example", recipients=["x@y.example"], subject="S", mime=LINK.encode())


@pytest.mark.parametrize(
    "question",
    [
        "users/user/?password__startswith=md5",
        "users/user/?password__startswith=bcrypt",
        "users/user/?email=ours@example.com&password__contains=$",
        "users/user/?email__regex=(a",
        "users/user/?email__regex=(a%2B)%2B%24",
        "users/user/?is_active__exact__regex=1",
        "users/user/?memberships__household__name__startswith=Our",
        "users/user/?totpdevice__key__startswith=a",
        "users/user/?authenticator__type=totp",
        "users/user/?usersession__session_key__startswith=a",
        "households/household/?name__startswith=Our",
        "households/membership/?household__name__startswith=Our",
        "mail/message/?mime__contains=%00",
        "mail/message/?recipients__contains=x",
        "audit/auditevent/?address=abc",
        "audit/auditevent/?household_id=1",
        "audit/auditevent/?details__email__startswith=a",
        "audit/auditevent/?at__gte=nonsense",
    ],
)
def test_a_list_answers_no_question_of_its_own_making(staff: Client, owner: User, question: str) -> None:
    assert staff.get(f"/admin/{question}").status_code == 400


def test_what_a_mail_says_cannot_be_guessed(staff: Client, mail: Message) -> None:
    for guess in (LINK, "https://other.example/"):
        assert staff.get(f"/admin/mail/message/?mime__contains={guess.encode().hex()}").status_code == 400


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("users/user/?is_active__exact=1", 3),
        ("users/user/?is_active__exact=0", 0),
        ("users/user/?is_staff__exact=1", 1),
        ("households/household/?is_ready__exact=1", 2),
        ("households/membership/?role__exact=owner", 2),
        ("households/deadletter/?resolved_at__isempty=1", 0),
        ("households/deadletter/?task=none", 0),
        ("mail/message/?state__exact=queued", 1),
        ("audit/auditevent/?action=person.signed_up", 0),
        ("audit/auditevent/?at__year=2001&at__month=2&at__day=3", 0),
    ],
)
def test_the_filters_of_the_pages_work(staff: Client, mail: Message, question: str, count: int) -> None:
    answer = staff.get(f"/admin/{question}")
    assert (answer.status_code, answer.context["cl"].result_count) == (200, count)


@pytest.mark.parametrize(
    "address",
    [
        "audit/auditevent/?q=abc",
        "audit/auditevent/?q=99999999999999999999999",
        "audit/auditevent/?at__year=99999",
        "audit/auditevent/?at__year=9999&at__month=12",
        "audit/auditevent/?at__year=0",
        "audit/auditevent/?at__year=abc",
        "audit/auditevent/?at__month=13&at__year=2026",
        "audit/auditevent/?at__day=99999999999999999999",
        "audit/auditevent/?action=%00",
        "audit/auditevent/?o=99.-3",
        "audit/auditevent/?p=99999",
        "audit/auditevent/99999999999999999999999/change/",
        "users/user/?is_active__exact=7",
        "users/user/?is_active__isnull=x",
        "users/user/?q=%00",
        "users/user/abc/change/",
        "households/deadletter/?resolved_at__isempty=x",
        "households/household/?q=%00",
        "households/household/abc/change/",
        "mail/message/?q=%22%27",
        "mail/message/?state__exact=%00",
    ],
)
def test_nothing_that_is_typed_into_an_address_is_an_error_of_ours(staff: Client, address: str) -> None:
    staff.raise_request_exception = False
    assert staff.get(f"/admin/{address}", follow=True).status_code < 500


def test_a_households_name_is_on_its_own_page_alone(staff: Client, household: Household, owner: User) -> None:
    Household.objects.filter(pk=household.pk).update(name="The Secret Smiths")
    membership = Membership.objects.get(household=household)
    for page in (
        "households/household/",
        f"households/household/{household.pk}/history/",
        "households/membership/",
        f"households/membership/{membership.pk}/change/",
        f"users/user/{owner.pk}/change/",
        f"users/user/{owner.pk}/history/",
    ):
        assert "Secret Smiths" not in staff.get(f"/admin/{page}").content.decode(), page


def test_rows_have_no_page_that_is_not_recorded(staff: Client, household: Household, owner: User) -> None:
    membership = Membership.objects.get(household=household)
    for page in (
        f"users/user/{owner.pk}/history/",
        f"households/household/{household.pk}/history/",
        f"households/membership/{membership.pk}/",
        f"households/membership/{membership.pk}/change/",
        "households/membership/add/",
    ):
        assert staff.get(f"/admin/{page}").status_code == 404, page
    for page in ("users/user/", "households/household/"):
        pk = owner.pk if "user/" in page else household.pk
        assert "history" not in staff.get(f"/admin/{page}{pk}/change/").content.decode()
