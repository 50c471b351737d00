"""Parts of the list of transactions that would be slow as fifty includes."""

from collections.abc import Sequence

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.ledger.models import Tag

register = template.Library()


@register.simple_tag
def bucket_options(buckets: Sequence[Tag]) -> SafeString:
    """The options of a select of buckets; made once a page, and chosen from by `choosing`."""
    options = format_html_join("", '<option value="{}">{}</option>', ((str(tag.pk), tag.name) for tag in buckets))
    return format_html('<option value="">no bucket</option>{}', options)


@register.simple_tag(takes_context=True)
def deed_fields(context: Context) -> SafeString:
    """The hidden fields of a form that does something to a row: the same in each of them, made once a page."""
    fields = {
        "csrfmiddlewaretoken": context["csrf_token"],
        "as_of": context["as_of"],
        "next": context["here"],
    }
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields.items())


@register.filter
def choosing(options: SafeString, chosen: Tag | None) -> SafeString:
    """The options with the one of that bucket selected."""
    value = f'value="{chosen.pk if chosen else ""}"'
    return SafeString(options.replace(value, f"{value} selected", 1))
