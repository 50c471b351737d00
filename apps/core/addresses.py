"""The client's address, told in one place: rate limits, lockout and audit must mean the same one."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of who asked, behind `TRUSTED_PROXY_COUNT` proxies of ours.

    Each of our proxies appends one address to X-Forwarded-For; what stands before those was written by the client and
    is not believed.
    """
    proxies: int = settings.TRUSTED_PROXY_COUNT
    if proxies:
        forwarded: list[str] = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(forwarded) >= proxies and forwarded[-proxies]:
            return forwarded[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
