"""The client's address, told in one place: rate limits, lockout and audit must mean the same one."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

_WITH_PORT = re.compile(r"\[(?P<six>[^\]]+)\](:\d+)?|(?P<four>[\d.]+):\d+")
_LONGEST = 64
NOWHERE = "::"
"""Stands where an address has to stand and nobody knows one."""


def client_address(request: HttpRequest) -> str:
    """The address of who asked, behind `TRUSTED_PROXY_COUNT` proxies of ours; empty if nobody knows (a socket file).

    Each of our proxies appends one address to X-Forwarded-For; what stands before those was written by the client and
    is not believed. With fewer entries than proxies the request came past one of them, and the header is worth nothing.
    """
    proxies: int = settings.TRUSTED_PROXY_COUNT
    if proxies:
        hops = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        if len(hops) >= proxies and (address := parse_address(hops[-proxies])):
            return address
    return parse_address(str(request.META.get("REMOTE_ADDR", "")))


def parse_address(text: str) -> str:
    """The address in its one spelling, without a port or a zone; IPv4 inside IPv6 is IPv4. Empty if it is none."""
    text = text.strip()[:_LONGEST]
    if found := _WITH_PORT.fullmatch(text):
        text = found["six"] or found["four"]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def range_of(address: str, *, four: int, six: int) -> tuple[str, str]:
    """The first and the last address of the network of that many bits in which an address lies.

    Raises ValueError if it is no address.
    """
    parsed = ipaddress.ip_address(address)
    network = ipaddress.ip_network((parsed, four if parsed.version == 4 else six), strict=False)
    return str(network.network_address), str(network.broadcast_address)
