"""What billing says on the pages of others."""

from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.billing.saying import said
from apps.core.money import SYMBOLS
from apps.plans.models import CURRENCY

register = template.Library()

# Where what is not urgent is told, too: where people arrive, and where they are about to add something.
CALM_PAGES = {"dashboards:dashboard", "imports:start"}
# The pages of the plan say it themselves.
OWN_PAGES = "billing"


@register.inclusion_tag("billing/_banner.html", takes_context=True)
def plan_banner(context: Context) -> dict[str, Any]:
    """One notice about the household's plan, where it helps; asks the database nothing."""
    request = context["request"]
    match = request.resolver_match
    told = said(request.household.entitlements, request.household.zone)
    is_here = (
        told is not None
        and (match is None or match.namespace != OWN_PAGES)
        and (told.is_urgent or (match is not None and match.view_name in CALM_PAGES))
    )
    return {"said": told if is_here else None, "is_owner": request.membership.is_owner}


@register.filter
def price(amount: Decimal) -> SafeString:
    """A plan's price in USD: whole dollars without cents, as people say them."""
    html = '<span class="money" dir="ltr"><span class="money__currency">{}</span>{}</span>'
    return format_html(html, SYMBOLS[CURRENCY], floatformat(amount, -2))
