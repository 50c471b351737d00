"""People and their accounts in a real browser: the second step, passkeys, sessions; no page of it shuts anybody out."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.conftest import PASSWORD
from tests.journeys.imports import unique
from tests.journeys.pages import sign_in
from tests.journeys.product import Product
from tests.journeys.test_accessibility import faults, window_with_axe
from tests.users.codes import code_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def email(in_product: Product) -> str:
    """A person with a household."""
    name = unique("people")
    in_product.open_household(name)
    return f"{name}@example.com"


def _sign_up(page: Page, product: Product, email: str) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    page.goto(urlsplit(product.link_mailed_to(email)).path)
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page.get_by_role("heading", name="Your household")).to_be_visible()


def _give_password(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _confirm(page: Page) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def _set_up_codes(page: Page) -> str:
    page.goto("/accounts/profile/")
    page.get_by_role("link", name="Second step").click()
    page.get_by_role("link", name="Set up an app").click()
    _confirm(page)
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code that the app shows now").fill(code_of(secret, later=-1, good_for=15))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return secret


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_a_person_signs_up_adds_codes_and_ends_another_session(
    product: Product, browser: Callable[..., BrowserContext], has_script: bool
) -> None:
    email = f"{unique('ada')}@example.com"
    page = browser(java_script_enabled=has_script).new_page()
    _sign_up(page, product, email)
    other = browser(user_agent="Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko/20100101 Firefox/120.0").new_page()
    _give_password(other, email)
    expect(other.get_by_role("heading", name="Your household")).to_be_visible()

    secret = _set_up_codes(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them").click()
    kept = download.value.path().read_text().split("\n")
    assert kept[0] == "Maxwell's Wallet: recovery codes"
    assert kept[1:11] == page.locator(".codes code").all_inner_texts()

    page.get_by_role("button", name="Sign out").click()
    _give_password(page, email)
    expect(page.get_by_role("heading", name="The second step")).to_be_visible()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your household")).to_be_visible()

    page.goto("/accounts/sessions/")
    expect(page.get_by_text("this one")).to_have_count(1)
    page.get_by_role("button", name="Sign out Firefox on Windows").click()
    expect(page.get_by_text("Signed out: Firefox on Windows.")).to_be_visible()
    other.goto("/start/")
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


def _with_authenticator(window: BrowserContext) -> Page:
    """A page whose device has a fingerprint reader that always says yes: Chromium's virtual authenticator."""
    page = window.new_page()
    devtools = window.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    reader = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": reader})
    return page


def test_a_passkey_is_added_named_used_and_removed(
    product: Product, browser: Callable[..., BrowserContext], email: str
) -> None:
    # Browsers offer passkeys to names alone, not to an address like 127.0.0.1.
    window = browser(base_url=product.base_url.replace("127.0.0.1", "localhost"))
    page = _with_authenticator(window)
    _give_password(page, email)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    _confirm(page)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("My laptop").first).to_be_visible()
    expect(page.get_by_text("opens without the password")).to_be_visible()
    page.get_by_role("link", name="Rename My laptop").click()
    page.get_by_label("Name").fill("Old laptop")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Old laptop").first).to_be_visible()

    # Instead of the password.
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Nothing in here yet")).to_be_visible()

    # As a second confirmation.
    page.goto("/accounts/confirm/?next=/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Passkeys")).to_be_visible()

    # After the password.
    page.get_by_role("button", name="Sign out").click()
    _give_password(page, email)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Nothing in here yet")).to_be_visible()

    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove Old laptop").click()
    _confirm(page)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("You have no passkey.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    _give_password(page, email)
    expect(page.get_by_role("heading", name="Nothing in here yet")).to_be_visible()


def test_who_has_no_passkey_here_is_told_on_the_page(
    product: Product, browser: Callable[..., BrowserContext], email: str
) -> None:
    page = sign_in(browser(), email)
    page.goto("/accounts/confirm/?next=/accounts/2fa/webauthn/add/")
    _confirm(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("This browser, or this address, does not offer passkeys.")).to_be_visible()


def test_no_page_of_the_account_shuts_anybody_out(
    product: Product, browser: Callable[..., BrowserContext], email: str
) -> None:
    window = window_with_axe(browser)
    page = sign_in(window, email)
    found = []

    def look(name: str, address: str = "") -> None:
        if address:
            page.goto(f"/accounts/{address}")
        found.extend(faults(page, f"people-{name}"))

    look("asks", "confirm/?next=/accounts/2fa/totp/activate/")
    _confirm(page)
    look("totp")
    page.get_by_label("Code that").fill("000000")
    page.get_by_role("button", name="Switch it on").click()
    look("totp-wrong")
    _set_up_codes_here(page)
    look("codes")
    for name in ("profile/", "email/", "sessions/", "2fa/", "2fa/webauthn/", "2fa/webauthn/add/", "3rdparty/"):
        look(name.strip("/").replace("/", "-"), name)
    for name in ("2fa/recovery-codes/", "2fa/recovery-codes/generate/", "2fa/totp/deactivate/", "2fa/reauthenticate/"):
        look(name.strip("/").replace("/", "-"), name)
    page.get_by_role("button", name="Sign out").click()
    _give_password(page, email)
    look("second")
    assert not found, "\n".join(found)


def _set_up_codes_here(page: Page) -> None:
    page.get_by_label("Code that").fill(code_of(page.locator(".secret").inner_text(), later=-1, good_for=15))
    page.get_by_role("button", name="Switch it on").click()
