"""Two filled households, and everybody who may come to their doors. Made once for a module, and taken back."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from apps.households.models import Household, Membership
from apps.imports.store import configure_store
from apps.tenancy.planes import LEDGER
from apps.users.models import User
from tests.conftest import PASSWORD
from tests.doors.filling import FIRST_OF_THEIRS, Ids, fill, skip_ids
from tests.doors.peopling import invitation_to, kept_for_staff, kept_of, offered_to, told_by_mail
from tests.operations.staff import a_hired_person, staff_client

PLANES = ("default", LEDGER)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PEOPLE = ("signed out", "stranger", "viewer", "member", "owner", "staff", "suspended")
OUR_MARK, THEIR_MARK = "Kestrel", "Xylograph"


@dataclass(frozen=True)
class World:
    """Ours and theirs. No id of theirs is an id of ours; `their_own` are their owner's, and not the household's."""

    ours: Household
    theirs: Household
    our_ids: Ids
    their_ids: Ids
    their_own: Ids
    people: Mapping[str, User]
    cookies: Mapping[str, Mapping[str, str]]

    def client(self, who: str, *, enforce_csrf_checks: bool = False) -> Client:
        """A new browser in which that person is signed in.

        `their owner` is the owner of the other household; `half in` our owner, who still owes the second step;
        the `newcomer` has an account and nothing else.
        """
        client = Client(enforce_csrf_checks=enforce_csrf_checks, raise_request_exception=False)
        client.cookies.load(dict(self.cookies.get(who, {})))
        return client


@contextmanager
def a_world(database: DjangoDbBlocker) -> Iterator[World]:
    """For as long as a module's tests run; what they change is taken back at the end."""
    with database.unblock(), taken_back():
        configure_store()
        yield _make()


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done inside did not happen."""
    with ExitStack() as stack:
        for plane in PLANES:
            stack.enter_context(_taken_back(plane))
        yield


@contextmanager
def _taken_back(plane: str) -> Iterator[None]:
    with transaction.atomic(using=plane):
        yield
        transaction.set_rollback(True, using=plane)


def _make() -> World:
    """The owners have just typed their passwords, the others have not."""
    today = datetime.datetime.now(datetime.UTC).date()
    ours, theirs = Household.objects.get(public_id="ours"), Household.objects.get(public_id="theirs")
    hired = a_hired_person()
    people = {
        "owner": User.objects.get(email="ours@example.com"),
        "their owner": User.objects.get(email="theirs@example.com"),
        "staff": hired.user,
        "suspended": _person("suspended", is_active=False),
        **{name: _person(name) for name in ("stranger", "newcomer", "viewer", "member", "xylograph")},
    }
    _rename(theirs, people["their owner"])
    # Who is suspended was a member: what is refused is refused for the suspension.
    memberships = {
        who: Membership.objects.create(household=ours, user=people[who], role=role)
        for who, role in (("viewer", "viewer"), ("member", "member"), ("suspended", "member"))
    }
    of_theirs = Membership.objects.create(
        pk=FIRST_OF_THEIRS + 901, household=theirs, user=people["xylograph"], role="member"
    )
    our_ids = fill(ours, actor_id=people["owner"].pk, mark=OUR_MARK, today=today)
    skip_ids(theirs)
    their_ids = fill(theirs, actor_id=people["their owner"].pk, mark=THEIR_MARK, today=today)
    our_ids |= {"membership": memberships["viewer"].pk} | invitation_to("stranger@example.com", ours)
    invitation = invitation_to("xylograph.new@example.com", theirs, pk=FIRST_OF_THEIRS + 902)["invitation"]
    their_ids |= {"membership": of_theirs.pk, "invitation": invitation}
    offered_to(memberships["member"])
    offered_to(of_theirs)
    cookies = {who: _signed_in(person) for who, person in people.items()}
    # With both cookies: what is not for staff is not for them, by whatever way they came.
    cookies["staff"] |= _cookies(staff_client(hired))
    our_ids |= kept_of(people["owner"]) | kept_for_staff(ours, people["owner"]) | _mailed(people["stranger"])
    our_ids |= told_by_mail(ours)
    cookies["half in"] = _given_password(people["owner"])
    their_own = kept_of(people["their owner"]) | {"invitation": invitation}
    return World(ours, theirs, our_ids, their_ids, their_own, people, cookies)


def _rename(theirs: Household, owner: User) -> None:
    theirs.name, owner.name = f"{THEIR_MARK} family", f"{THEIR_MARK} Person"
    Household.objects.filter(pk=theirs.pk).update(name=theirs.name)
    User.objects.filter(pk=owner.pk).update(name=owner.name)


def _signed_in(person: User) -> dict[str, str]:
    client = Client()
    client.force_login(person, backend=BACKEND)
    if person.memberships.filter(role="owner").exists():
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return _cookies(client)


def _given_password(person: User) -> dict[str, str]:
    client = Client()
    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    return _cookies(client)


def _cookies(client: Client) -> dict[str, str]:
    return {name: client.cookies[name].value for name in client.cookies if name != settings.CSRF_COOKIE_NAME}


def _mailed(person: User) -> Ids:
    """What the links of two mails to that person hold: to confirm an address, and to choose a new password."""
    address = EmailAddress.objects.create(user=person, email=f"new.{person.email}")
    return {
        "address_key": EmailConfirmationHMAC(address).key,
        "reset_person": user_pk_to_url_str(person),
        "reset_key": default_token_generator.make_token(person),
    }


def _person(name: str, **fields: bool) -> User:
    person = User.objects.create_user(f"{name}@example.com", PASSWORD, name=name.capitalize(), **fields)
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    return person
