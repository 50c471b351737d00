from django.http import HttpRequest

from apps.users.models import User


class SignedInRequest(HttpRequest):
    """A request past LoginRequiredMiddleware."""

    user: User
