"""Viewers are offered nothing that would be refused: every page they can reach, from link to link."""

import datetime
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from apps.households.models import Household, Membership
from apps.households.rules import VIEWER, rule_of
from apps.imports.models import ImportBatch, ImportFile, ImportFormat
from apps.imports.parsers import Recipe, RecipeColumns
from apps.ledger import reconciling
from apps.ledger.models import Account
from apps.onboarding.demo.household import EMAIL, PUBLIC_ID, ensure_demo
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import belonging, browser
from tests.planes import both_planes

TODAY = datetime.date(2026, 11, 22)
MOST_OF_A_KIND = 4
"""Addresses of one view are pages of one kind."""
OF_EACH_STATE = "imports:file"
"""The page of a file is another one in each state."""


class Offers(HTMLParser):
    """The links of a page, and where its forms and buttons would be sent."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.posts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "form" and found.get("method", "").lower() == "post":
            self.posts.append(found.get("action", ""))
        self.posts += [found[name] for name in ("formaction", "hx-post") if name in found]


def walk(client: Client, root: str, *also: str) -> tuple[set[str], list[str]]:
    """The kinds of pages that were seen, from the root and from pages that nothing leads to, and what they offer."""
    seen: Counter[str] = Counter()
    asked, todo, faults = {root}, [root, *also], []
    while todo:
        address = todo.pop(0)
        answer = client.get(address, follow=True)
        if answer.redirect_chain:
            address = answer.redirect_chain[-1][0]
        if answer.status_code != 200:
            faults.append(f"{address} answers {answer.status_code}")
        if not answer["Content-Type"].startswith("text/html"):
            assert answer.getvalue() is not None  # read to its end, which is when a download lets go of what it holds
            continue
        offers = Offers(answer.content.decode())
        for post in offers.posts:
            view = view_of(urljoin(address, post), root)
            if view is not None and (rule := rule_of(view[1])) and rule.post != VIEWER:
                faults.append(f"{address} offers {post or address}")
        for link in offers.links:
            full = urljoin(address, link).partition("#")[0]
            view = view_of(full, root)
            if view is None or full in asked:
                continue
            if seen[view[0]] < MOST_OF_A_KIND or view[0] == OF_EACH_STATE:
                seen[view[0]] += 1
                asked.add(full)
                todo.append(full)
    return set(seen), faults


def view_of(address: str, root: str) -> tuple[str, object] | None:
    """The name and the view of a page of the household; None for what lies outside."""
    path = urlsplit(address).path
    if not path.startswith(root):
        return None
    try:
        found = resolve("/" + path.removeprefix(root), urlconf="config.urls_household")
    except Resolver404:
        return None
    return found.view_name, found.func


def fill_with_imports() -> str:
    """A file in every state, a format, and a reconciliation that goes on; gives the page of the upload."""
    account = Account.objects.get(name="Savings")
    recipe = Recipe(columns=RecipeColumns(date="D", amount="A", description=("T",)))
    ImportFormat.objects.create(name="My bank", signature="x", recipe=recipe.to_json())
    batch = ImportBatch.objects.create()
    for state in ImportFile.State:
        ImportFile.objects.create(
            batch=batch,
            account=account,
            name=f"{state}.csv",
            state=state,
            stalled_in=ImportFile.State.CONFIRMED if state == ImportFile.State.STALLED else "",
        )
    reconciling.begin(account, date=TODAY, balance=account.opening_balance, today=TODAY, actor_id=None)
    return f"imports/uploads/{batch.pk}/"


@both_planes
@pytest.mark.slow
def test_a_viewer_is_offered_nothing_that_would_be_refused() -> None:
    ensure_demo(today=TODAY)
    household = Household.objects.get(public_id=PUBLIC_ID)
    with household_context(household):
        upload = fill_with_imports()
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    belonging(household, "another", role="owner")
    root = f"/h/{PUBLIC_ID}/"
    kinds, faults = walk(browser(User.objects.get(email=EMAIL)), root, f"{root}{upload}")
    assert not faults, "\n".join(sorted(set(faults)))
    assert kinds >= {
        "dashboards:dashboard", "ledger:transactions", "ledger:transaction", "ledger:accounts", "ledger:account",
        "ledger:tags", "ledger:history", "ledger:saved_filters", "categorization:review", "categorization:rules",
        "categorization:merchants", "imports:start", "imports:file", "imports:formats",
        "household:settings", "household:members", "household:leave", "billing:plan",
    }  # fmt: skip
