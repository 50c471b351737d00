"""What every page needs around its matter."""

from typing import Any

from django.db.models.functions import Lower
from django.http import HttpRequest

from apps.households.addresses import reverse_outside
from apps.households.models import Household
from apps.tenancy.context import current_narrowing


def shell(request: HttpRequest) -> dict[str, Any]:
    """The addresses outside households (which `{% url %}` cannot name inside one), and the person's households."""
    urls = {
        "home": "pages:home",
        "pricing": "pricing:plans",
        "start": "onboarding:start",
        "households": "households:list",
        "new_household": "onboarding:new",
        "login": "account_login",
        "logout": "account_logout",
        "signup": "account_signup",
        "password": "account_change_password",
        "account": "users:profile",
    }
    return {
        "public_urls": {name: reverse_outside(view) for name, view in urls.items()},
        "households": _households(request),
        "has_hidden_accounts": has_hidden_accounts(),
    }


def has_hidden_accounts() -> bool:
    """Whether accounts of others are kept from the reader, and so are in no figure of the page."""
    narrowing = current_narrowing()
    return narrowing is not None and bool(narrowing.hidden)


def _households(request: HttpRequest) -> Any:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Household.objects.none()
    return Household.objects.filter(memberships__user=user, is_ready=True).order_by(Lower("name"), "pk")
