"""System checks of settings that contradict each other: where a visitor's address or https would be taken on trust."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


def _forwarded(name: str) -> str:
    """A setting's value as it is if it names a header that visitors can write themselves."""
    value = getattr(settings, name, None)
    return value if isinstance(value, str) and "forwarded" in value.lower().replace("-", "_") else ""


@register(Tags.security)
def proxies_are_counted_once(**_: Any) -> list[CheckMessage]:
    """One function tells the client's address; nothing may read it past that."""
    found: list[CheckMessage] = []
    if not isinstance(settings.TRUSTED_PROXY_COUNT, int) or settings.TRUSTED_PROXY_COUNT < 0:
        found.append(
            Error(
                "TRUSTED_PROXY_COUNT is not a number of proxies.",
                hint="0 if visitors connect to this process, else how many proxies of yours stand before it.",
                id="operations.E001",
            )
        )
    found += [
        Error(
            f"{name} believes {_forwarded(name)} as it comes: every visitor chooses an address.",
            hint="Leave it out; TRUSTED_PROXY_COUNT says how many entries of the header are ours.",
            id="operations.E002",
        )
        for name in ("RATELIMIT_IP_META_KEY", "ALLAUTH_TRUSTED_CLIENT_IP_HEADER")
        if _forwarded(name)
    ]
    if settings.AXES_CLIENT_IP_CALLABLE != "apps.users.lockout.place":
        found.append(
            Error(
                "AXES_CLIENT_IP_CALLABLE is not ours: axes would believe X-Forwarded-For as it comes.",
                hint='Set it to "apps.users.lockout.place".',
                id="operations.E003",
            )
        )
    return found


@register(Tags.security, deploy=True)
def proxies_and_https_agree(**_: Any) -> list[CheckMessage]:
    """Whether a request came by https is told by a proxy of ours, or not at all."""
    found: list[CheckMessage] = []
    proxies = settings.TRUSTED_PROXY_COUNT
    if settings.SECURE_PROXY_SSL_HEADER and not proxies:
        found.append(
            Error(
                "SECURE_PROXY_SSL_HEADER is set and TRUSTED_PROXY_COUNT is 0: every visitor may claim to use https, "
                "and behind a proxy all of them would share one address.",
                hint="Set TRUSTED_PROXY_COUNT to the number of your proxies; the outermost must replace the header.",
                id="operations.E004",
            )
        )
    if proxies and settings.SECURE_SSL_REDIRECT and not settings.SECURE_PROXY_SSL_HEADER:
        found.append(
            Error(
                "SECURE_SSL_REDIRECT is set behind a proxy, and SECURE_PROXY_SSL_HEADER is not: every page would "
                "redirect to itself without end.",
                hint='SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")',
                id="operations.E005",
            )
        )
    if settings.USE_X_FORWARDED_HOST and not proxies:
        found.append(
            Error(
                "USE_X_FORWARDED_HOST is set and TRUSTED_PROXY_COUNT is 0: a visitor chooses the host of our links.",
                hint="Leave it out, or say how many proxies there are.",
                id="operations.E006",
            )
        )
    return found


@register(Tags.security, deploy=True)
def host_cookies_are_whole(**_: Any) -> list[CheckMessage]:
    """A browser drops a cookie named `__Host-…` that is not secure, has a domain or stands below a path."""
    found: list[CheckMessage] = []
    for kind in ("SESSION", "CSRF"):
        name = getattr(settings, f"{kind}_COOKIE_NAME")
        is_whole = (
            getattr(settings, f"{kind}_COOKIE_SECURE")
            and getattr(settings, f"{kind}_COOKIE_DOMAIN") is None
            and getattr(settings, f"{kind}_COOKIE_PATH") == "/"
        )
        if name.startswith("__Host-") and not is_whole:
            found.append(
                Error(
                    f"{kind}_COOKIE_NAME is {name}, and browsers would drop that cookie.",
                    hint=f"{kind}_COOKIE_SECURE = True, no {kind}_COOKIE_DOMAIN, {kind}_COOKIE_PATH = '/'.",
                    id="operations.E007",
                )
            )
    return found
