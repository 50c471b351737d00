"""What can be done to many rows at once: each one changeset, undone as one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from apps.core.errors import ExpectedError
from apps.core.numbers import whole_number
from apps.ledger import bucketing, journal
from apps.ledger.models import Account, Changeset, Tag, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.sharing import refuse_to_hide
from apps.ledger.transfers.linking import set_mark, within_one_account

NO_BUCKET = "none"


class NoTarget(ExpectedError):
    """The form does not say what the rows are to be given."""


class OtherCurrency(ExpectedError):
    def __init__(self, account: Account) -> None:
        super().__init__(
            f"{account.name} is in {account.currency}, and some of these rows are not. Nothing was moved: choose rows "
            "of one currency."
        )


class TransferWithinAccount(ExpectedError):
    def __init__(self, account: Account, count: int) -> None:
        both = "both sides of a transfer" if count == 1 else f"both sides of {count} transfers"
        super().__init__(
            f"{account.name} would then hold {both}, and nothing was moved. Unlink the rows first, or leave them out."
        )


@dataclass(frozen=True)
class Plan:
    """What a person asked to do to rows: `says` it in words, `do` does it inside a deed."""

    says: str
    do: Callable[..., object]
    kind: Changeset.Kind = Changeset.Kind.EDIT
    is_always_asked: bool = False


def carry_out(plan: Plan, rows: TransactionQuerySet, *, actor_id: int) -> Changeset | None:
    """Does it to all the rows or to none; None if they all were as asked. Raises what the plan itself refuses."""
    with journal.deed(plan.kind, actor_id=actor_id, note=plan.says) as deed:
        plan.do(rows, deed=deed)
    if deed.changeset is not None:
        deed.changeset.refresh_from_db()
    return deed.changeset


def _bucket(form: QueryDict) -> Plan:
    if form.get("bucket") == NO_BUCKET:
        return Plan("No bucket", partial(bucketing.set_bucket, tag=None))
    tag = _chosen(Tag.objects.filter(namespace=Tag.Namespace.BUCKET), form, "bucket", "Choose the bucket first.")
    return Plan(f"Bucket {tag}", partial(bucketing.set_bucket, tag=tag))


def _add_tag(form: QueryDict) -> Plan:
    tag = _other_tag(form)
    return Plan(f"Added {tag}", partial(bucketing.add_tag, tag=tag))


def _remove_tag(form: QueryDict) -> Plan:
    tag = _other_tag(form)
    return Plan(f"Removed {tag}", partial(bucketing.remove_tag, tag=tag))


def _status(form: QueryDict) -> Plan:
    status = form.get("status", "")
    if status not in Transaction.Status:
        raise NoTarget("Choose the status first.")
    label = Transaction.Status(status).label
    return Plan(f"Status {label.lower()}", partial(bucketing.set_status, status=status))


def _transfer(form: QueryDict) -> Plan:  # noqa: ARG001 (every plan is read from a form)
    return Plan("Marked as transfer", partial(set_mark, is_transfer=True), kind=Changeset.Kind.TRANSFER)


def _no_transfer(form: QueryDict) -> Plan:  # noqa: ARG001
    return Plan("No transfer", partial(set_mark, is_transfer=False), kind=Changeset.Kind.TRANSFER)


def _move(form: QueryDict) -> Plan:
    account = _chosen(Account.objects.filter(archived_at=None), form, "account", "Choose the account first.")
    return Plan(f"Moved to {account}", partial(_move_rows, account=account), is_always_asked=True)


def _delete(form: QueryDict) -> Plan:  # noqa: ARG001 (every plan is read from a form)
    return Plan("Deleted", _delete_rows, kind=Changeset.Kind.DELETE, is_always_asked=True)


PLANS: dict[str, Callable[[QueryDict], Plan]] = {
    "bucket": _bucket,
    "add-tag": _add_tag,
    "remove-tag": _remove_tag,
    "status": _status,
    "transfer": _transfer,
    "no-transfer": _no_transfer,
    "move": _move,
    "delete": _delete,
}
"""By the word in the address."""


def _other_tag(form: QueryDict) -> Tag:
    tag: Tag = _chosen(
        Tag.objects.exclude(namespace=Tag.Namespace.BUCKET), form, "tag", "Choose the occasion or tag first."
    )
    return tag


def _chosen(among: Any, form: QueryDict, name: str, told: str) -> Any:
    """The row of the queryset whose id the form gives. Raises NoTarget."""
    number = whole_number(form.get(name, ""))
    found = None if number is None else among.filter(pk=number).first()
    if found is None:
        raise NoTarget(told)
    return found


def _move_rows(rows: TransactionQuerySet, *, account: Account, deed: journal.Deed) -> None:
    if rows.exclude(account__currency=account.currency).exists():
        raise OtherCurrency(account)
    refuse_to_hide(rows, account)
    ids = deed.touch(rows.exclude(account=account), "account_id", "running_balance")
    # The balance that the bank wrote beside a row was that of the other account.
    Transaction.objects.filter(pk__one_of=ids).update(account=account, running_balance=None)
    if count := within_one_account().filter(Q(outgoing__one_of=ids) | Q(incoming__one_of=ids)).count():
        raise TransferWithinAccount(account, count)


def _delete_rows(rows: TransactionQuerySet, *, deed: journal.Deed) -> None:
    deed.take_out(rows)
