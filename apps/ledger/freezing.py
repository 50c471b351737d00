"""What becomes of accounts that the household's plan has no room for: they can be read and exported, and not changed.

Nothing is deleted and no row is touched. `tenancy.narrowing` counts a frozen account among those that everybody may
only look at, so the narrow role and the policies keep it as it is, whatever page or job asks.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce

from apps.core.errors import ExpectedError
from apps.households.opened import opened_household
from apps.ledger.models import Account, Revision
from apps.ledger.models.accounts import AccountQuerySet, frozen_ids
from apps.plans.entitlements import Limited, in_accounts
from apps.tenancy.context import seeing_every_account
from apps.tenancy.planes import LEDGER


class TooManyChosen(ExpectedError):
    def __init__(self, *, chosen: int, limit: int) -> None:
        room = in_accounts(limit)
        super().__init__(f"You chose {chosen}, and there is room for {room}. Nothing was changed; choose fewer.")


@dataclass(frozen=True)
class Preview:
    """What a plan with less room would make read-only: accounts that the reader sees, and how many others."""

    accounts: list[Account]
    unseen_count: int

    @property
    def count(self) -> int:
        return len(self.accounts) + self.unseen_count


def preview(limit: int | None) -> Preview:
    """Which accounts would be frozen if the plan had room for `limit`. Call it in the open household."""
    with seeing_every_account():
        ids = _without_room(limit)
    accounts = list(Account.objects.filter(pk__in=ids))
    return Preview(accounts, len(ids) - len(accounts))


def fit_accounts(limit: int | None) -> int:
    """Freezes the accounts for which the plan has no room and thaws all others; returns how many are frozen.

    Call it in the open household whenever its subscription may have changed, and not within a transaction of the people
    plane that holds the subscription: it waits for imports into the accounts, and these ask for the subscription.
    """
    with transaction.atomic(using=LEDGER), seeing_every_account():
        # In the order in which deeds lock: accounts, then the version of the data, behind which no account is added.
        _locked()
        Revision.hold()
        frozen = _without_room(limit)
        Account.objects.filter(pk__in=frozen, is_frozen=False).update(is_frozen=True)
        Account.objects.filter(is_frozen=True).exclude(pk__in=frozen).update(is_frozen=False)
    return len(frozen)


def thaw_what_fits() -> None:
    """An account less may make room for one that was frozen. Waits for no import: none goes into a frozen account.

    Call it at the end of a deed that holds the version of the data, so that two at once do not see the same room.
    """
    if frozen_ids():
        limit = opened_household().entitlements.limit(Limited.ACCOUNTS)
        with seeing_every_account():
            Account.objects.filter(is_frozen=True).exclude(pk__in=_without_room(limit)).update(is_frozen=False)


def fits(limit: int | None) -> bool:
    """Whether the accounts are what `fit_accounts` would make of them, as far as others have committed. Waits for
    nobody. Call it with nobody's eyes."""
    return set(_without_room(limit)) == set(Account.objects.filter(is_frozen=True).values_list("pk", flat=True))


def among_accounts(ids: Collection[int], limit: int) -> list[int]:
    """Those of the ids that can be chosen to stay active. Locks nothing. Raises TooManyChosen."""
    chosen = list(_counted().filter(pk__in=ids).values_list("pk", flat=True))
    if len(chosen) > limit:
        raise TooManyChosen(chosen=len(chosen), limit=limit)
    return chosen


def choose(ids: Collection[int], limit: int) -> None:
    """Keeps the household's choice of the accounts that stay active where there is room for `limit` only.

    It holds at once if the plan in force has no room for all, else from the day on which that is so. Accounts that the
    person does not see give way to chosen ones. The choice is free to change. Raises TooManyChosen.
    """
    chosen = among_accounts(ids, limit)
    with transaction.atomic(using=LEDGER), seeing_every_account():
        _locked()
        Account.objects.filter(stays_active=True).exclude(pk__in=chosen).update(stays_active=False)
        Account.objects.filter(pk__in=chosen).update(stays_active=True)
    fit_accounts(opened_household().entitlements.limit(Limited.ACCOUNTS))


def ranked() -> AccountQuerySet:
    """The accounts that count, in the order in which they stay active: the chosen ones, then those that are, then those
    last in use. So none is frozen because rows of it were deleted or an import taken back."""
    last_use = Coalesce(Max("transactions__created_at"), "created_at")
    return _counted().alias(last_use=last_use).order_by("-stays_active", "is_frozen", "-last_use", "-pk")


def _counted() -> AccountQuerySet:
    """What is in the archive takes no room."""
    return Account.objects.filter(archived_at=None)


def _without_room(limit: int | None) -> list[int]:
    return [] if limit is None else list(ranked().values_list("pk", flat=True)[limit:])


def _locked() -> list[int]:
    return list(
        Account.objects.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
    )
