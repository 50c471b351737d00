"""The product as real processes, and a real browser in front of it."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.journeys.imports import ImportRoad, unique
from tests.journeys.pages import SLOW
from tests.journeys.product import Product, Visitor

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def product(template_database: str, django_db_setup: None, django_db_blocker: object) -> Iterator[Product]:
    """The running product. Started once for a test session; a test opens a household of its own in it."""
    running = Product(template_database, worker_id=os.environ.get("PYTEST_XDIST_WORKER", "alone"))
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            running.begin()
            yield running
        finally:
            running.end()


@pytest.fixture
def in_product(product: Product, django_db_blocker: object) -> Iterator[Product]:
    """The product, with its database in use by this process' models."""
    with django_db_blocker.unblock(), product.database_in_use():  # type: ignore[attr-defined]
        yield product


@pytest.fixture
def visitor(product: Product) -> Iterator[Callable[[], Visitor]]:
    """Makes browsers without JavaScript, each with its own cookies."""
    made: list[Visitor] = []

    def make() -> Visitor:
        made.append(Visitor(product))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Ends with the module: while Playwright runs, its event loop stands in the way of other tests' queries."""
    expect.set_options(timeout=SLOW)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            yield browser
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Faults:
    """What must not happen on a page: errors in the console (also those of the CSP), exceptions, answers of 500 and up."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", lambda said: self.hear(page, said))
        page.on("pageerror", lambda error: self.found.append(f"exception: {error}"))
        page.on(
            "response",
            lambda answer: self.found.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )

    def hear(self, page: Page, said: ConsoleMessage) -> None:
        # Chromium also reports a page that is meant to be 404, 422 or 429, and with htmx a deed on what is gone; from
        # 500 on the answer itself is found.
        url = said.location.get("url", "")
        is_the_page_itself = url == page.url and said.text.startswith("Failed to load resource")
        is_gone = "Error Code 404" in said.text or ("status of 404" in said.text and "/static/" not in url)
        if said.type == "error" and not (is_the_page_itself or is_gone):
            self.found.append(f"console: {said.text}")


@pytest.fixture
def browser(product: Product, chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser windows (contexts) at the product's address; whatever goes wrong on their pages fails the test."""
    faults, made = Faults(), []

    def make(**options: object) -> BrowserContext:
        settings = {"base_url": product.base_url, "viewport": {"width": 1280, "height": 900}, **options}
        context = chromium.new_context(**settings)
        context.set_default_timeout(20_000)
        context.on("page", faults.watch)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert faults.found == []


@pytest.fixture
def road(in_product: Product, visitor: Callable[[], Visitor]) -> ImportRoad:
    """A household of its own in the product, whose person has signed in."""
    return ImportRoad(in_product, visitor(), unique("road"))
