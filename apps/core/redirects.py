"""Where an address that came with a request may send somebody: to a page of ours, or nowhere."""

import re
from urllib.parse import unquote

from django.utils.http import url_has_allowed_host_and_scheme

# Browsers drop some of these from an address; no address of ours has any.
_NEVER = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_LONGEST = 4000


def is_ours(address: str, *, under: str = "/") -> bool:
    """Whether it is a path on this site that begins with `under`; everything that names a host or scheme is not."""
    path = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    return (
        len(address) <= _LONGEST
        and address.startswith(under)
        and _NEVER.search(address) is None
        # A browser reads \ in a path as a slash, and leaves it alone in a search.
        and "\\" not in path
        and ".." not in path.split("/")
        and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    )
