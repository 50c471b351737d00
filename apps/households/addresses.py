"""Addresses outside the household that is mounted."""

from django.conf import settings
from django.urls import get_script_prefix, reverse


def outside_prefix() -> str:
    """The script prefix without the mounted household: where the public site begins."""
    before, mounted, _ = get_script_prefix().partition("/h/")
    return before + "/" if mounted else before


def reverse_outside(view: str, *args: object) -> str:
    """The address of a view of the public site, also from inside a household's pages."""
    path = reverse(view, urlconf=settings.ROOT_URLCONF, args=args)
    return outside_prefix() + path.removeprefix(get_script_prefix())


def household_address(public_id: str) -> str:
    """Where a household's pages begin."""
    return f"{outside_prefix()}h/{public_id}/"
