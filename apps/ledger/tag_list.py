"""The tags by kind, with what the rows of each make, finished for the page."""

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from apps.ledger.models import Tag
from apps.ledger.tag_statistics import Sums, TagStatistics
from apps.ledger.tagging import BUCKET, OCCASION, heading


@dataclass(frozen=True)
class ListedTag:
    """A tag with what its rows make in the period, and where these rows are."""

    tag: Tag
    statistics: TagStatistics
    transactions_url: str


@dataclass(frozen=True)
class Section:
    """All tags of one namespace; empty ones only for buckets and occasions, which every household has."""

    namespace: str
    title: str
    tags: list[ListedTag]

    @property
    def is_bucket(self) -> bool:
        return self.namespace == BUCKET


def sections(statistics: dict[int, TagStatistics], *, period: str, currency: str) -> list[Section]:
    """Buckets, occasions, and the household's own namespaces by name. `period` names the days of the statistics."""
    none = TagStatistics(Sums(currency))
    by_namespace: dict[str, list[ListedTag]] = {BUCKET: [], OCCASION: []}
    for namespace, tags in groupby(Tag.objects.all(), key=lambda tag: tag.namespace):
        by_namespace[namespace] = [
            ListedTag(tag, statistics.get(tag.pk, none), transactions_url(tag, period)) for tag in tags
        ]
    return [Section(namespace, heading(namespace), tags) for namespace, tags in by_namespace.items()]


def transactions_url(tag: Tag, period: str = "") -> str:
    """The page of the rows of the tag."""
    named = {"bucket": tag.value} if tag.namespace == BUCKET else {"tag": f"{tag.namespace}:{tag.value}"}
    return f"{reverse('ledger:transactions')}?{urlencode(named | ({'period': period} if period else {}))}"
