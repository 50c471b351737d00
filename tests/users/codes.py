"""A person's app for codes."""

import time
from urllib.parse import parse_qs, urlsplit

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

PERIOD = 30


def code_of(secret: str, *, later: int = 0, good_for: float = 3.0) -> str:
    """What the app shows now, or `later` periods from now. One from before is taken for `good_for` seconds more."""
    left = PERIOD - time.time() % PERIOD
    if later < 0 and left < good_for:  # with this period its time would be over
        time.sleep(left + 0.05)
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + later))


def set_up_codes(client: Client) -> tuple[str, list[str]]:
    """Sets up the app; its secret, and the recovery codes as the page shows them. Uses the code of one period ago."""
    secret, unused, _ = set_up_with(client)
    return secret, unused


def set_up_with(client: Client) -> tuple[str, list[str], str]:
    """The same, and the code that was used."""
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    (shown_in,) = parse_qs(urlsplit(page.context["totp_url"]).query)["secret"]
    assert shown_in == secret
    used = code_of(secret, later=-1)
    answer = client.post("/accounts/2fa/totp/activate/", {"code": used})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/recovery-codes/")
    return secret, client.get(answer["Location"]).context["unused_codes"], used
