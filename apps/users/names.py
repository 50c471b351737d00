"""What people are called, for pages that know them by id only."""

from collections.abc import Iterable

from apps.users.models import User


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """The name of each person, by id, in one query; somebody who is gone is missing."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in={pk for pk in ids if pk is not None})}
