from django.core.exceptions import ValidationError
from django.utils.encoding import punycode

LONGEST = 254


def check_reachable(address: str) -> None:
    """Raises ValidationError for an address that looks like one and that no mail of ours can go to.

    Mail servers know letters beyond a to z in domains alone. Some of those letters become two in lower case.
    """
    local, _, domain = address.rpartition("@")
    try:
        length = max(len(address.lower()), len(f"{local}@{punycode(domain)}"))
    except UnicodeError:
        length = LONGEST + 1
    if not local.isascii() or length > LONGEST:
        raise ValidationError("We cannot send mail to this address. Before the @ use letters from a to z and digits.")
