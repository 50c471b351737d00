"""The accounts of a journal: what our accounts and buckets are called in it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from apps.core.money import MINOR_DIGITS
from apps.ledger.models import Account, Tag, TransactionTag
from apps.ledger.models.transactions import TransactionQuerySet

TRANSFERS, OPENINGS = "equity:transfers", "equity:opening balances"
_RESERVED = ("expenses:uncategorized", "income:uncategorized", TRANSFERS, OPENINGS)
_OWED = {Account.Kind.CREDIT_CARD, Account.Kind.LOAN}
_NOT_IN_TAGS = re.compile(r"[\s:,]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def one_line(text: str) -> str:
    """Words with single spaces between them: two would end a name in a journal."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def tag_line(name: str, value: str) -> str:
    """`occasion: Summer holiday`. A name is one word, and a comma would end the value."""
    word = _NOT_IN_TAGS.sub("-", one_line(name))
    return f"{word}: {one_line(value).replace(',', ' ')}"


@dataclass(frozen=True)
class Chart:
    """Names by the keys of our rows."""

    accounts: dict[int, str]
    buckets: dict[int, str]
    currencies: list[str]

    def of_account(self, account: Account) -> str:
        return self.accounts[account.pk]

    def of_bucket(self, bucket: Tag | None, amount: Decimal) -> str:
        if bucket is not None:
            return self.buckets[bucket.pk]
        return "income:uncategorized" if amount > 0 else "expenses:uncategorized"

    def declarations(self) -> list[str]:
        """The first lines of the journal: what may occur in it."""
        names = [*self.accounts.values(), *self.buckets.values(), *_RESERVED]
        return [*(f"commodity {_sample(code)} {code}" for code in self.currencies), *(f"account {n}" for n in names)]


def chart_of(rows: TransactionQuerySet) -> Chart:
    """Every account, and every bucket as income or expense by what its rows add up to."""
    accounts, buckets = list(Account.objects.all()), list(Tag.objects.filter(namespace=Tag.Namespace.BUCKET))
    sums = _sums(rows)
    return Chart(
        accounts=_names((one.pk, "liabilities" if one.kind in _OWED else "assets", one.name) for one in accounts),
        buckets=_names((one.pk, "income" if sums.get(one.pk, 0) > 0 else "expenses", one.name) for one in buckets),
        currencies=sorted({account.currency for account in accounts}),
    )


def _sums(rows: TransactionQuerySet) -> dict[int, Decimal]:
    links = TransactionTag.objects.filter(transaction__in=rows.order_by(), tag__namespace=Tag.Namespace.BUCKET)
    sums = links.order_by().values("tag_id").annotate(total=Sum(Coalesce("amount", F("transaction__amount"))))
    return dict(sums.values_list("tag_id", "total"))


def _names(wanted: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    """Each under its top name, without the colons that would part it. Two that come out equal are numbered."""
    names: dict[int, str] = {}
    taken = set(_RESERVED)
    for pk, top, name in wanted:
        base = f"{top}:{one_line(name).replace(':', '-') or 'unnamed'}"
        number, unique = 1, base
        while unique in taken:
            number += 1
            unique = f"{base} {number}"
        taken.add(unique)
        names[pk] = unique
    return names


def _sample(currency: str) -> str:
    digits = MINOR_DIGITS.get(currency, 2)
    return f"1000.{'0' * digits}"
