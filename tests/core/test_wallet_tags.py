from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from apps.core.templatetags import wallet


@dataclass
class Tag:
    value: str
    name: str
    colour: int
    namespace: str = "bucket"


def render(source: str, **values: object) -> str:
    return Template("{% load wallet %}" + source).render(Context(values))


def test_money_sets_its_currency_small() -> None:
    assert wallet.money(Decimal("-1204.77"), "USD") == (
        '<span class="money" dir="ltr">−<span class="money__currency">$</span>1,204.77</span>'
    )


def test_signed_money_marks_money_in() -> None:
    assert wallet.signed_money(Decimal(2950)) == '<span class="money money--in" dir="ltr">+2,950.00</span>'
    assert wallet.signed_money(Decimal("-6.45")) == '<span class="money" dir="ltr">−6.45</span>'


def test_plain_money_is_text() -> None:
    assert wallet.plain_money(Decimal("-6.45"), "USD") == "−$6.45"


@pytest.mark.parametrize("write", [wallet.money, wallet.signed_money, wallet.plain_money])
def test_no_amount_writes_nothing(write: object) -> None:
    assert write(None, "USD") == ""  # type: ignore[operator]


def test_a_currency_cannot_smuggle_markup_in() -> None:
    assert "&lt;b&gt;" in wallet.money(Decimal(1), "<b>")


def test_bank_date_is_spoken_and_keeps_the_exact_date() -> None:
    assert wallet.bank_date(date(2025, 11, 21)) == ('<time datetime="2025-11-21" title="2025-11-21">21 Nov 2025</time>')
    assert ">Fri 21 November</time>" in wallet.bank_date(date(2025, 11, 21), "day")
    assert wallet.bank_date(None) == ""


def test_bank_date_of_a_moment_tells_the_time_in_its_title() -> None:
    moment = datetime(2025, 11, 21, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        written = wallet.bank_date(moment)
    assert written == ('<time datetime="2025-11-22T00:30:00+01:00" title="2025-11-22 00:30">22 Nov 2025</time>')


def test_unlocalized_never_uses_an_exponent() -> None:
    assert wallet.unlocalized(Decimal("1E+3")) == "1000"


def test_a_tag_carries_its_colour_as_a_class() -> None:
    html = render("{% tag tag %}", tag=Tag("groceries", "Groceries", 4))
    assert 'class="tag tag--c4"' in html
    assert ">Groceries</span>" in html


def test_an_occasion_looks_different_from_a_bucket() -> None:
    assert "tag--occasion" in render("{% tag tag %}", tag=Tag("visit", "Visit", 5, "occasion"))


def test_no_tag_says_so() -> None:
    assert render("{% tag tag %}", tag=None).strip() == '<span class="tag tag--none">no bucket</span>'


def test_a_field_ties_its_errors_and_help_to_its_input() -> None:
    class NameForm(forms.Form):
        name = forms.CharField(help_text="As on the card")

    html = render("{% field form.name %}", form=NameForm({"name": ""}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize(("path", "marked"), [("/box/", True), ("/box/7/", True), ("/boxes", False), ("/", False)])
def test_a_nav_item_is_current_on_its_page_and_below(path: str, marked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wallet, "reverse", lambda name: "/box/")
    context = Context({"request": RequestFactory().get(path)})
    assert wallet.nav_item(context, "any:name", "Box")["is_current"] is marked


def test_the_root_is_current_only_on_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wallet, "reverse", lambda name: "/")
    context = Context({"request": RequestFactory().get("/box/")})
    assert wallet.nav_item(context, "any:name", "Home")["is_current"] is False


def test_zero_has_no_tone() -> None:
    tones = [wallet.figure("In", amount, tone="in")["tone"] for amount in (Decimal("0.00"), Decimal(1), None)]
    assert tones == ["", "in", ""]
