"""Adding, changing, ordering, archiving and deleting accounts. Each but the order is kept in the journal."""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.core.errors import ExpectedError
from apps.core.ordering import places
from apps.households.models import Membership
from apps.households.rights import NoLongerAllowed
from apps.ledger import journal
from apps.ledger.account_limit import refuse_too_many
from apps.ledger.freezing import thaw_what_fits
from apps.ledger.models import Account, Changeset
from apps.tenancy.context import current_schema_name
from apps.tenancy.planes import LEDGER

DETAILS = ("name", "kind", "institution", "currency", "opening_balance", "credit_limit", "due_day")
"""What a person says of an account."""


class NameTaken(ExpectedError):
    """Two accounts of one name could not be told apart by who sees both. What somebody keeps to themselves has names of
    its own: a name that is refused would tell the others of it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is an account “{name}” already; choose another name.")


class CurrencyIsFixed(ExpectedError):
    """The rows of the account are amounts of its currency."""

    def __init__(self, account: Account) -> None:
        super().__init__(
            f"“{account.name}” has rows or balances, and they are amounts of its currency. "
            "Add a new account for the other currency."
        )


class AccountInUse(ExpectedError):
    """Something refers to the account that was to be deleted."""

    def __init__(self, account: Account, uses: Sequence[str]) -> None:
        super().__init__(
            f"“{account.name}” cannot be deleted, for it has {', '.join(uses)}. "
            "Archive it to put it out of sight, or merge it into another account."
        )


def add(account: Account, *, actor_id: int | None) -> Changeset | None:
    """Saves the new account behind the others; it is the actor's, and the household's where a command adds it.

    Raises NameTaken, AccountLimitReached, and for a private one NoLongerAllowed if they have left meanwhile.
    """
    note = f"{account.name} added"
    with own_name(account), journal.deed(Changeset.Kind.ACCOUNT, actor_id=actor_id, note=note) as doing:
        account.owner_id = actor_id
        account.sort_order = (Account.objects.aggregate(last=Max("sort_order"))["last"] or 0) + 1
        account.save(force_insert=True)
        doing.made(Account, [account.pk])
        refuse_too_many()
    if account.visibility == Account.Visibility.PRIVATE and actor_id is not None:
        refuse_gone(actor_id)
    return doing.changeset


def edit(account: Account, *, as_of: int | None, actor_id: int) -> Changeset | None:
    """Saves the DETAILS of the account, as they were changed in a form that showed that version of the data."""
    note = f"{account.name} edited"
    with own_name(account), journal.deed(Changeset.Kind.ACCOUNT, actor_id=actor_id, note=note) as doing:
        doing.touch(Account.objects.filter(pk=account.pk), *DETAILS)
        journal.refuse_stale([account.pk], as_of, model=Account)
        before = Account.objects.get(pk=account.pk)
        if before.currency != account.currency and has_amounts(account):
            raise CurrencyIsFixed(before)
        account.save(update_fields=DETAILS)
    return doing.changeset


def has_amounts(account: Account) -> bool:
    """Whether there is anything in the account's currency beside what its form shows."""
    held = (account.transactions, account.stated_balances, account.reconciliations)
    return any(rows.exists() for rows in held)


def archive(account: Account, *, now: datetime.datetime, actor_id: int) -> Changeset | None:
    """Puts the account out of sight; its rows stay in every list and report, and no more can come in.

    It no longer counts among those that the plan has room for.
    """
    return _set_archived(account, now, actor_id=actor_id, note=f"{account.name} archived")


def unarchive(account: Account, *, actor_id: int) -> Changeset | None:
    """Raises AccountLimitReached."""
    return _set_archived(account, None, actor_id=actor_id, note=f"{account.name} taken out of the archive")


def _set_archived(account: Account, at: datetime.datetime | None, *, actor_id: int, note: str) -> Changeset | None:
    with journal.deed(Changeset.Kind.ACCOUNT, actor_id=actor_id, note=note) as doing:
        asked = Account.objects.filter(pk=account.pk, archived_at__isnull=at is not None)
        changed = doing.touch(asked, "archived_at")
        asked.update(archived_at=at)
        if changed and at is None:
            refuse_too_many()
    if at is not None:
        thaw_what_fits()
    return doing.changeset


def delete(account: Account, *, actor_id: int) -> Changeset | None:
    """Deletes an account to which nothing refers; raises AccountInUse for any other."""
    with journal.deed(Changeset.Kind.ACCOUNT, actor_id=actor_id, note=f"{account.name} deleted") as doing:
        # Locked before it is asked who refers to it: nobody can begin to meanwhile.
        doing.take_out(Account.objects.filter(pk=account.pk))
        if uses := list(_uses(account)):
            raise AccountInUse(account, uses)
    thaw_what_fits()
    return doing.changeset


def _uses(account: Account) -> Iterator[str]:
    """`34 transactions`: what refers to the account; of the apps above, which have names of their own, only that."""
    is_named_above = False
    for relation in Account._meta.related_objects:
        model = relation.related_model
        count = model._meta.base_manager.filter(**{relation.field.name: account.pk}).count()
        if count and model._meta.app_label == Account._meta.app_label:
            yield f"{count:,} {model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural}"
        elif count:
            is_named_above = True
    if is_named_above:
        yield "imports or rules that name it"


def reorder(ids: Sequence[int]) -> None:
    """The accounts of these ids share the places that they have among all accounts, in this order.

    Those that are hidden from the person, or that they may only see, stay where they are.
    """
    with transaction.atomic(using=LEDGER):
        accounts = list(Account.objects.writable().select_for_update(of=("self",), no_key=True))
        moving = {account.pk: account for account in accounts}
        wanted = iter([moving[pk] for pk in dict.fromkeys(ids) if pk in moving])
        asked = set(ids)
        placed = [next(wanted) if account.pk in asked else account for account in accounts]
        for place, account in zip(places(account.sort_order for account in accounts), placed, strict=True):
            account.sort_order = place
        Account.objects.bulk_update(placed, ["sort_order"])


def shifted(ids: Sequence[int], moving: int | None, step: int) -> list[int]:
    """The ids with `moving` that many places further down; at either end it stays."""
    if moving is None or moving not in ids:
        return list(ids)
    others = [pk for pk in ids if pk != moving]
    others.insert(max(ids.index(moving) + step, 0), moving)
    return others


def refuse_gone(person_id: int) -> None:
    """Raises NoLongerAllowed if the person does not belong to the household any more: nobody would see what they keep
    to themselves. Asked after `Revision.go_up`, which waits for who is about to leave."""
    schema = current_schema_name()
    if not Membership.objects.filter(household__schema_name=schema, user=person_id).exists():
        raise NoLongerAllowed("You do not belong to this household any more, and nothing was changed.")


@contextmanager
def own_name(account: Account) -> Iterator[None]:
    """Raises NameTaken. The database knows best whether a name is: another tab may just have taken it."""
    try:
        yield
    except IntegrityError as error:
        if "ledger_account_name_unique" not in str(error):
            raise
        raise NameTaken(account.name) from None
