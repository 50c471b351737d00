"""Names of merchants that had better be one, or a cleaner one; accepted, they become aliases."""

from collections.abc import Sequence

from django.core.cache import cache
from django.db.models import Count

from apps.categorization import aliasing
from apps.categorization.merchant_names import Cluster, clusters
from apps.categorization.models import MerchantAlias
from apps.core.errors import ExpectedError
from apps.core.text import folded
from apps.ledger import journal
from apps.ledger.models import Changeset, Revision, Transaction
from apps.tenancy.context import HouseholdLike
from apps.tenancy.keys import cached, household_key

Match = MerchantAlias.Match
# The merchants of most rows; beyond them a suggestion would hardly be worth a look.
MOST_MERCHANTS = 3000
CLUSTERS_SECONDS = 600
DISMISSED_SECONDS = 30 * 24 * 3600


class NoSuchMerchants(ExpectedError):
    """The page was shown before somebody renamed them."""


def suggestions(household: HouseholdLike) -> list[Cluster]:
    """Most rows first, without those that were dismissed, and without names that an alias gave."""
    dismissed = _dismissed(household)
    revision = Revision.current()
    found = cached(household, "merchant-clusters", revision, seconds=CLUSTERS_SECONDS, make=_clusters)
    return [cluster for cluster in found if folded(cluster.name) not in dismissed]


def _clusters() -> list[Cluster]:
    given = set(MerchantAlias.objects.values_list("merchant", flat=True))
    merchants = Transaction.objects.writable().exclude(merchant="").order_by().values_list("merchant")
    found = clusters(merchants.annotate(rows=Count("pk")).order_by("-rows", "merchant")[:MOST_MERCHANTS])
    return [cluster for cluster in found if not _is_named(cluster, given)]


def _is_named(cluster: Cluster, given: set[str]) -> bool:
    return len(cluster.members) == 1 and cluster.members[0][0] in given


def dismiss(household: HouseholdLike, name: str) -> None:
    """Shows it no more for a month. Kept beside the ledger and not in it: nothing is lost if it comes back earlier."""
    cache.set(household_key(household, "dismissed"), _dismissed(household) | {folded(name)}, DISMISSED_SECONDS)


def _dismissed(household: HouseholdLike) -> set[str]:
    found: set[str] | None = cache.get(household_key(household, "dismissed"))
    return found or set()


def accept(name: str, members: Sequence[str], *, actor_id: int) -> Changeset | None:
    """Calls the rows of these merchants `name`, and by aliases those that are still to come: one changeset."""
    with journal.deed(Changeset.Kind.MERCHANTS, actor_id=actor_id) as deed:
        rows = Transaction.objects.writable().filter(merchant__in=members)
        if not rows.exists():
            raise NoSuchMerchants("These merchants have other names by now. Nothing was changed.")
        for alias in aliases_for(name, members):
            aliasing.save(alias, deed=deed)
        ids = list(rows.exclude(merchant=name).values_list("pk", flat=True))
        aliasing.rename(dict.fromkeys(ids, name), deed=deed)
        aliasing.say(deed, f"{name} for {', '.join(members)} on {aliasing.rows_in_words(len(ids))}")
    return deed.changeset


def aliases_for(name: str, members: Sequence[str]) -> list[MerchantAlias]:
    """New aliases by which texts of these merchants are called `name`.

    One for the name alone where it finds all rows of the members and no others, else one for each member: for what its
    texts contain, or, where that finds rows of others too, for texts that are the member's name and nothing else. A
    member that the bank's texts do not hold, for it was renamed before, gets none; nor does a text that has one.
    """
    of_members = Transaction.objects.filter(merchant__in=members).exclude(description="")
    allowed = [*members, name]
    if not of_members.exclude(description__icontains=name).exists() and _finds_only(name, allowed):
        chosen = {name: Match.CONTAINS}
    else:
        chosen = {member: match for member in members if (match := _match_for(member, allowed))}
    known = {(match, pattern.lower()) for match, pattern in MerchantAlias.objects.values_list("match", "pattern")}
    new = {(match, text.lower()): text for text, match in chosen.items()}
    return [
        MerchantAlias(pattern=text, merchant=name, match=match)
        for (match, key), text in new.items()
        if (match, key) not in known
    ]


def _finds_only(text: str, allowed: Sequence[str]) -> bool:
    return not Transaction.objects.filter(description__icontains=text).exclude(merchant__in=allowed).exists()


def _match_for(member: str, allowed: Sequence[str]) -> MerchantAlias.Match | None:
    rows = Transaction.objects.filter(merchant=member)
    if rows.filter(description__icontains=member).exists() and _finds_only(member, allowed):
        return Match.CONTAINS
    return Match.EXACT if rows.filter(description__iexact=member).exists() else None
