"""Where people reach us."""

from django.conf import settings


def us() -> str:
    """To follow "please write to": the address that the installation names, or "us"."""
    return settings.SUPPORT_EMAIL or "us"
