"""Parts of the list of transactions that would be slow as fifty includes."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.ledger.models import Tag

register = template.Library()


@register.simple_tag
def bucket_options(buckets: Sequence[Tag]) -> SafeString:
    """The options of a select of buckets; made once a page, and chosen from by `choosing`."""
    options = format_html_join("", '<option value="{}">{}</option>', ((str(tag.pk), tag.name) for tag in buckets))
    return format_html('<option value="">no bucket</option>{}', options)


@register.filter
def choosing(options: SafeString, chosen: Tag | None) -> SafeString:
    """The options with the one of that bucket selected."""
    value = f'value="{chosen.pk if chosen else ""}"'
    return SafeString(options.replace(value, f"{value} selected", 1))
