"""A stranger's first day, in one run, from the front page to an import that is taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from apps.households.models import Household
from tests.conftest import PASSWORD
from tests.journeys.pages import SLOW, choose_file, facts, figure, shoot
from tests.journeys.product import Product
from tests.journeys.samples import SAMPLES, Sample
from tests.plans.giving import give_family

pytestmark = pytest.mark.browser
TRIAL_ROWS = 100
"""What a household takes in without a plan."""


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.path.stem)
def test_from_signing_up_to_rolling_back(
    in_product: Product, browser: Callable[..., BrowserContext], sample: Sample
) -> None:
    window = browser()
    page = window.new_page()
    address = f"ada.{sample.path.stem}@example.com"
    _sign_up(page, address)
    _confirm_the_address(page, in_product, address)
    _name_the_household(page)
    expect(page.get_by_role("heading", name="Nothing in here yet")).to_be_visible()
    shoot(page, "1-empty-dashboard")
    if sample.row_count > TRIAL_ROWS:
        give_family(Household.objects.get(memberships__user__email=address))

    sent = []
    page.on("request", lambda request: sent.append((request.method, request.url)))
    _upload(page, sample)
    # The file itself went past our web process, into the store.
    assert [url for method, url in sent if method == "POST"][1].startswith(in_product.addresses["S3_ENDPOINT_URL"])
    _check(page, sample)
    page.get_by_role("button", name=f"Import {sample.row_count} rows").click()
    expect(page.get_by_text(f"{sample.row_count} rows came in")).to_be_visible(timeout=SLOW)
    assert facts(page)["Sum of what came in"] == sample.total
    shoot(page, "4-result")

    page.get_by_role("link", name="See the transactions").click()
    expect(page.locator("tr.day").first).to_contain_text(sample.newest_day)
    expect(page.locator(".sumline").first).to_contain_text(f"{sample.row_count} rows")
    expect(page.locator("tr[data-row]")).to_have_count(min(sample.row_count, 50))
    shoot(page, "5-transactions")

    _dashboard(page, sample)
    _roll_back(page, sample)


def _sign_up(page: Page, address: str) -> None:
    page.goto("/")
    shoot(page, "0-home")
    page.get_by_role("link", name="Open an account").first.click()
    page.get_by_label("Your name").fill("Ada Maxwell")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    shoot(page, "0-sign-up")
    page.get_by_role("button", name="Open the account").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    shoot(page, "0-look-into-your-mail")


def _confirm_the_address(page: Page, product: Product, address: str) -> None:
    page.goto(product.link_mailed_to(address))
    shoot(page, "0-confirm")
    expect(page.get_by_text(address)).to_be_visible()
    page.get_by_role("button", name="Yes, confirm it").click()


def _name_the_household(page: Page) -> None:
    name = page.get_by_label("Name of the household")
    expect(name).to_have_value("Ada's household")
    shoot(page, "0-household")
    name.fill("The Maxwells")
    page.get_by_role("button", name="Open the ledger").click()


def _upload(page: Page, sample: Sample) -> None:
    page.get_by_role("link", name="Import the first file").click()
    choose_file(page, sample.path, account="Our checking")
    shoot(page, "2-import")
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("#check")).to_be_visible(timeout=SLOW)


def _check(page: Page, sample: Sample) -> None:
    assert facts(page) == {"Rows": str(sample.row_count), "New": str(sample.row_count), "Period": sample.period}
    expect(page.locator("tr[data-row]")).to_have_count(min(sample.row_count, 50))
    expect(page.locator(".sumline--sticky")).to_contain_text(f"sum {sample.total}")
    expect(page.locator(".sumline--sticky")).to_contain_text("Into Our checking")
    shoot(page, "3-check")


def _dashboard(page: Page, sample: Sample) -> None:
    page.get_by_label("Main", exact=True).get_by_role("link", name="Dashboard").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(sample.month)
    expect(page.locator(".chart svg")).to_be_visible()
    assert figure(page, "Money in") == sample.month_in
    assert figure(page, "Money out") == sample.month_out
    assert figure(page, "Kept") == sample.month_net
    expect(page.locator(".figure", has_text="Kept")).to_contain_text(f"{sample.month_rows} rows")
    shoot(page, "6-dashboard")


def _roll_back(page: Page, sample: Sample) -> None:
    page.get_by_label("Main", exact=True).get_by_role("link", name="Import").click()
    shoot(page, "7-imports")
    page.get_by_role("link", name=sample.path.name).click()
    page.get_by_role("link", name="Roll back").click()
    expect(page.get_by_text(f"{sample.row_count} transactions, together {sample.total}")).to_be_visible()
    shoot(page, "8-roll-back")
    page.get_by_role("button", name=f"Roll back {sample.row_count} rows").click()
    expect(page.get_by_text("This import was rolled back.")).to_be_visible(timeout=SLOW)
    shoot(page, "9-rolled-back")
    page.get_by_label("Main", exact=True).get_by_role("link", name="Transactions").click()
    expect(page.get_by_role("heading", name="No transactions yet")).to_be_visible()
    page.get_by_label("Main", exact=True).get_by_role("link", name="Dashboard").click()
    expect(page.get_by_role("heading", name="Nothing in here yet")).to_be_visible()
