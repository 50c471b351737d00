from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from apps.users.models import User


class SignedInRequest(HttpRequest):
    """A request past LoginRequiredMiddleware."""

    user: User
    htmx: HtmxDetails
