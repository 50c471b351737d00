"""People in and around our household, and the browsers they sit at."""

from allauth.account.models import EmailAddress
from django.test import Client

from apps.households.models import Household, Membership
from apps.users.models import User
from tests.conftest import PASSWORD, confirm


def person(name: str) -> User:
    """Somebody with an account and a verified address, and no household."""
    email = f"{name.lower()}@example.com"
    made = User.objects.create_user(email, PASSWORD, name=f"{name} Maxwell")
    EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    return made


def belonging(household: Household, name: str, role: str = "member") -> User:
    """Somebody new who belongs to the household."""
    made = person(name)
    household.memberships.create(user=made, role=role)
    return made


def browser(someone: User) -> Client:
    client = Client()
    client.force_login(someone, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def confirmed_browser(someone: User) -> Client:
    """A browser in which they have just typed their password again."""
    return confirm(browser(someone))


def role_of(household: Household, someone: User) -> str | None:
    found = Membership.objects.filter(household=household, user=someone).first()
    return found.role if found else None
