"""Who signs in from a device and an address that are new for that person is told so by mail."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from apps.core.addresses import client_address
from apps.users.devices import device_in_words
from apps.users.models import KnownPlace, User
from apps.users.signals import arrived_from_new_place


@receiver(user_logged_in)
def note_arrival(request: HttpRequest, user: User, **_: Any) -> None:
    """The very first sign-in is no news to anybody."""
    is_first = not user.known_places.exists()
    place, is_new = KnownPlace.objects.update_or_create(
        user=user,
        device=device_in_words(request.headers.get("User-Agent", "")),
        address=client_address(request),
        defaults={"last_at": timezone.now()},
    )
    if is_new and not is_first:
        get_adapter(request).send_notification_mail("users/arrival", user)
        arrived_from_new_place.send(User, request=request, user=user, place=place)
