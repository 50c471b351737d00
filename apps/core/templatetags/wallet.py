"""The components of the pages: one tag or filter each, its HTML in templates/components/."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.template import Context
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.money import MoneyText, money_text

register = template.Library()

LONG_FIGURE = 16  # characters that still fit a third of the page at full size
DATE_SHAPES = {"day": "D j F", "month": "F Y", "short": "j M", "": "j M Y"}


def _localized(amount: Decimal, currency: str, *, plus: bool = False) -> MoneyText:
    group = formats.get_format("THOUSAND_SEPARATOR")
    point = formats.get_format("DECIMAL_SEPARATOR")
    return money_text(amount, currency or "", plus=plus, group=group, point=point)


def _html(text: MoneyText, css_class: str) -> SafeString:
    symbol = '<span class="money__currency">{}</span>' if text.symbol else "{}"
    html = f'<span class="{{}}" dir="ltr">{{}}{symbol}{{}}</span>'
    return format_html(html, css_class, text.sign, text.symbol, text.digits)


@register.filter
def money(amount: Decimal | None, currency: str = "") -> SafeString | str:
    """`−$1,204.77`; without a currency only the digits. Nothing for no amount."""
    if amount is None or amount == "":
        return ""
    return _html(_localized(amount, currency), "money")


@register.filter
def signed_money(amount: Decimal | None, currency: str = "") -> SafeString | str:
    """As `money`, with a plus and the colour of money that came in."""
    if amount is None or amount == "":
        return ""
    return _html(_localized(amount, currency, plus=True), "money money--in" if amount > 0 else "money")


@register.filter
def plain_money(amount: Decimal | None, currency: str = "") -> str:
    """The same words without HTML, for attributes and mails."""
    if amount is None or amount == "":
        return ""
    return str(_localized(amount, currency))


@register.filter
def unlocalized(number: Decimal | int) -> str:
    """The bare digits a script or an attribute reads, whatever the person's locale."""
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


@register.filter
def bank_date(value: date | None, shape: str = "") -> SafeString | str:
    """A <time> as people say it; the exact date is in its title. Shapes: day, month, short."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        exact, title = value.isoformat(), value.strftime("%Y-%m-%d %H:%M")
    else:
        exact = title = value.isoformat()
    spoken = formats.date_format(value, DATE_SHAPES[shape])
    return format_html('<time datetime="{}" title="{}">{}</time>', exact, title, spoken)


@register.inclusion_tag("components/figure.html")
def figure(
    label: str, amount: Decimal | None, currency: str = "", note: str = "", tone: str = "", url: str = ""
) -> dict[str, Any]:
    """A big number in a card. Tones: in, bad, or none; zero has none."""
    is_long = len(plain_money(amount, currency)) > LONG_FIGURE
    return {
        "label": label,
        "amount": amount,
        "currency": currency,
        "note": note,
        "tone": tone if amount else "",
        "url": url,
        "is_long": is_long,
    }


@register.inclusion_tag("components/tag.html", name="tag")
def tag_component(tag: Any, url: str = "") -> dict[str, Any]:
    """A bucket or an occasion with its colour; for no tag, the invitation to choose one."""
    return {"tag": tag, "url": url}


@register.inclusion_tag("components/field.html")
def field(bound_field: BoundField, label: str = "", *, must: bool = False) -> dict[str, Any]:
    """Label, input, help and errors of one form field; Django itself points aria-describedby at them.

    `must` drops the word "optional" from a field that only other fields make necessary.
    """
    is_checkbox = isinstance(bound_field.field.widget, CheckboxInput)
    is_optional = not bound_field.field.required and not must
    return {
        "field": bound_field,
        "label": label or bound_field.label,
        "is_checkbox": is_checkbox,
        "is_optional": is_optional,
    }


@register.inclusion_tag("components/choices.html")
def choices(bound_field: BoundField, label: str = "") -> dict[str, Any]:
    """A group of radio buttons or ticks under one question, with its help and errors."""
    return {"field": bound_field, "label": label or bound_field.label}


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """One drawing of static/img/icons.svg, hidden from screen readers: the word stands beside it."""
    drawing = '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"></use></svg>'
    return format_html(drawing, f"icon {css_class}".rstrip(), static("img/icons.svg"), name)


@register.inclusion_tag("components/nav_item.html", takes_context=True)
def nav_item(
    context: Context,
    view_name: str,
    label: str,
    icon: str = "",
    *,
    count: int | None = None,
    key: str = "",
    also: str = "",
    alone: bool = False,
) -> dict[str, Any]:
    """A link of the navigation, marked as current on its page and (unless `alone`) the pages below it, and on those
    of `also`.
    """
    url = reverse(view_name)
    path = context["request"].path
    rooms = [url, *map(reverse, also.split())]
    is_current = any(
        path == room or (not alone and room != get_script_prefix() and path.startswith(room)) for room in rooms
    )
    return {"url": url, "label": label, "icon": icon, "count": count, "key": key, "is_current": is_current}
