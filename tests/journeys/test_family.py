"""A family: invited, joined, looking on, handed over, removed; each in a browser of their own."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from apps.households import inviting
from apps.households.models import Household
from apps.users.models import User
from tests.conftest import PASSWORD
from tests.journeys.imports import unique
from tests.journeys.pages import shoot, sign_in
from tests.journeys.product import Product, eventually
from tests.journeys.test_accessibility import faults, window_with_axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def to_members(page: Page) -> None:
    page.get_by_label("Main", exact=True).get_by_role("link", name="Household", exact=True).click()
    page.get_by_label("Household", exact=True).get_by_role("link", name="Members").click()


def invite(page: Page, email: str, role: str) -> None:
    page.get_by_label("Their email address").fill(email)
    page.get_by_label("What they may do").select_option(role)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text(f"The invitation to {email} is on its way.")).to_be_visible()


def next_link(product: Product, email: str, *, after: str) -> str:
    """The link of the next mail; waits for it."""

    def find() -> str:
        link = product.link_mailed_to(email)
        return "" if link == after else link

    return eventually(find, what=f"another mail to {email}")


def join_as_somebody_new(page: Page, product: Product, email: str) -> str:
    """From the mail to the household, by way of an account of one's own; gives the link of the last mail."""
    invitation = product.link_mailed_to(email)
    page.goto(invitation)
    expect(page.get_by_text("Use the address " + email)).to_be_visible()
    shoot(page, "family-invitation-signed-out")
    page.get_by_role("link", name="Open an account").click()
    page.get_by_label("Your name").fill("Vic Maxwell")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    confirmation = next_link(product, email, after=invitation)
    page.goto(confirmation)
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    page.get_by_role("button", name="Join the household").click()
    return confirmation


def confirm_if_asked(page: Page) -> None:
    """Before the household is handed over the owner types the password again."""
    field = page.get_by_label("Password")
    expect(field.or_(page.get_by_label("The new owner"))).to_be_visible()
    if field.is_visible():
        field.fill(PASSWORD)
        field.press("Enter")


def test_a_family_comes_together(in_product: Product, browser: Callable[..., BrowserContext]) -> None:
    home = unique("family")
    household = in_product.open_household(home)
    guest_email = f"{unique('vic')}@example.com"
    owner = sign_in(browser(), f"{home}@example.com")
    to_members(owner)
    invite(owner, guest_email, "viewer")

    guest = browser().new_page()
    last = join_as_somebody_new(guest, in_product, guest_email)
    expect(guest.get_by_text(f"Welcome to {household.name}.")).to_be_visible()
    # Nothing of her own was opened, and she looks on.
    assert Household.objects.filter(memberships__user__email=guest_email).count() == 1
    guest.get_by_label("Main", exact=True).get_by_role("link", name="Transactions").click()
    expect(guest.get_by_role("heading", name="No transactions yet")).to_be_visible()
    expect(guest.get_by_role("link", name="Import the first file")).to_have_count(0)

    owner.reload()
    owner.get_by_label("What Vic Maxwell may do").select_option("member")
    owner.get_by_role("button", name="Set the role of Vic Maxwell").click()
    expect(owner.get_by_text("Vic Maxwell is a member now.")).to_be_visible()
    guest.get_by_label("Main", exact=True).get_by_role("link", name="Dashboard").click()
    expect(guest.get_by_role("link", name="Import the first file")).to_be_visible()

    owner.get_by_role("link", name="Hand it over").click()
    confirm_if_asked(owner)
    owner.get_by_label("The new owner").select_option(label=f"Vic Maxwell ({guest_email})")
    owner.get_by_role("button", name="Offer it to them").click()
    expect(owner.get_by_text("The offer is on its way.")).to_be_visible()
    guest.goto(next_link(in_product, guest_email, after=last))
    guest.get_by_role("button", name="Yes, make me the owner").click()
    expect(guest.get_by_text(f"{household.name} is yours now.")).to_be_visible()

    guest.get_by_role("link", name=f"Remove … {home.capitalize()}").click()
    guest.get_by_role("button", name="Remove", exact=True).click()
    expect(guest.get_by_text("does not belong to this household any more.")).to_be_visible()
    owner.get_by_label("Main", exact=True).get_by_role("link", name="Transactions").click()
    expect(owner.get_by_role("heading", name="There is nothing at this address")).to_be_visible()


def test_the_wrong_person_is_led_to_the_right_address(
    in_product: Product, browser: Callable[..., BrowserContext]
) -> None:
    home, other = unique("home"), unique("other")
    in_product.open_household(home)
    in_product.open_household(other)
    owner = sign_in(browser(), f"{home}@example.com")
    to_members(owner)
    email = f"{unique('cia')}@example.com"
    invite(owner, email, "member")
    stranger = sign_in(browser(), f"{other}@example.com")
    stranger.goto(in_product.link_mailed_to(email))
    expect(stranger.get_by_text(f"The invitation is for {email}, and only that address can accept it.")).to_be_visible()
    stranger.get_by_role("button", name=f"Sign in as {email}").click()
    expect(stranger.get_by_role("link", name="I have one: sign in")).to_be_visible()


@pytest.mark.slow
def test_no_page_of_a_family_shuts_anybody_out(in_product: Product, browser: Callable[..., BrowserContext]) -> None:
    """By axe, at a desk in light and on a phone in dark: for the owner, for a viewer, and for who is invited."""
    household = in_product.open_household(unique("doors"))
    owner = household.memberships.get().user
    people = {}
    for role in ("member", "viewer"):
        name = unique(role)
        in_product.open_household(name)
        people[role] = User.objects.get(email=f"{name}@example.com")
        household.memberships.create(user=people[role], role=role)
    guest = f"{unique('guest')}@example.com"
    inviting.invite(household, email=guest, role="viewer", actor=owner, now=timezone.now())
    removed = household.memberships.get(role="viewer").pk
    inside = ("settings/", "settings/members/", f"settings/members/{removed}/remove/", "settings/members/leave/")
    found = []
    page = sign_in(window_with_axe(browser), owner.email)
    for number, address in enumerate([*(household.get_absolute_url() + one for one in inside), "/households/new/"]):
        page.goto(address)
        found += faults(page, f"family-owner-{number}")
    page.goto(f"{household.get_absolute_url()}settings/ownership/")
    confirm_if_asked(page)
    found += faults(page, "family-owner-hands-over")
    page.get_by_role("button", name="Offer it to them").click()
    found += faults(page, "family-owner-offered")
    for role, addresses in {
        "member": ("settings/", "settings/ownership/answer/"),
        "viewer": (*inside[:2], "imports/"),
    }.items():
        page = sign_in(window_with_axe(browser), people[role].email)
        for number, address in enumerate([*(household.get_absolute_url() + one for one in addresses), "/households/"]):
            page.goto(address)
            found += faults(page, f"family-{role}-{number}")
    # This process sent it, and not the product: pytest-django kept the mail.
    link = "/invitations/" + str(mail.outbox[-1].body).partition("/invitations/")[2].partition("\n")[0]
    for address in (link, "/invitations/made-up/"):
        page.goto(address)
        found += faults(page, "family-invitation")
        stranger = window_with_axe(browser).new_page()
        stranger.goto(address)
        found += faults(stranger, "family-invitation-signed-out")
    assert not found, "\n".join(found)
