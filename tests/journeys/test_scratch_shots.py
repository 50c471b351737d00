import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.conftest import PASSWORD
from tests.journeys.imports import ImportRoad
from tests.journeys.pages import sign_in
from tests.users.codes import code_of

pytestmark = pytest.mark.browser


def test_shots(road: ImportRoad, browser: Callable[..., BrowserContext]) -> None:
    window = browser(reduced_motion="reduce")
    page = sign_in(window, road.email)
    other = sign_in(browser(), road.email)
    n = [0]

    def shot(name, page=page):
        for theme in ("light", "dark"):
            for w, h in ((1280, 900), (390, 844)):
                page.set_viewport_size({"width": w, "height": h})
                page.emulate_media(color_scheme=theme)
                page.screenshot(path=f"/tmp/a/shots/{n[0]:02}-{name}-{theme}-{w}.png", full_page=True)
        n[0] += 1

    def go(address, name):
        page.goto(address)
        shot(name)

    go("/accounts/profile/", "profile")
    go("/accounts/email/", "email")
    go("/accounts/password/change/", "password")
    go("/accounts/sessions/", "sessions")
    go("/accounts/2fa/", "index0")
    go("/accounts/confirm/?next=/accounts/2fa/totp/activate/", "confirm")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    shot("totp")
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code that").fill("000000")
    page.get_by_role("button", name="Switch").click()
    shot("totp-wrong")
    page.get_by_label("Code that").fill(code_of(secret, later=-1))
    page.get_by_role("button", name="Switch").click()
    shot("codes")
    go("/accounts/2fa/recovery-codes/", "codes-again")
    go("/accounts/2fa/recovery-codes/generate/", "generate")
    go("/accounts/2fa/totp/deactivate/", "deactivate")
    go("/accounts/2fa/webauthn/add/", "passkey-add")
    page.get_by_role("button", name="Add it").click()
    time.sleep(0.5)
    shot("passkey-trouble")
    go("/accounts/2fa/webauthn/", "passkeys")
    go("/accounts/2fa/", "index1")
    go("/accounts/2fa/reauthenticate/", "reauth-code")
    go("/accounts/3rdparty/", "connections")
    page.goto("/accounts/email/")
    page.get_by_label("New address").fill("new-one@example.com")
    page.get_by_role("button", name="Change it").click()
    shot("email-waiting")
    guest = browser().new_page()
    guest.goto("/accounts/login/")
    shot("login", guest)
    guest.get_by_label("Email").fill(road.email)
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Sign in", exact=True).click()
    shot("second", guest)
