"""Who in the household sees an account, and who may change what is in it."""

from apps.core.errors import ExpectedError
from apps.ledger.keeping_accounts import own_name, refuse_gone
from apps.ledger.models import Account, Revision
from apps.ledger.models.transactions import TransactionQuerySet

Visibility = Account.Visibility


class NotYoursToShare(ExpectedError):
    """Somebody other than its owner wanted to choose who sees an account."""

    def __init__(self) -> None:
        super().__init__("Only the owner of this account can choose who sees it.")


class WouldVanish(ExpectedError):
    """Rows that others see were to go where only one person sees them, with nothing that tells of it."""

    def __init__(self, source: Account, target: Account) -> None:
        super().__init__(
            f"Others see “{source.name}” and not “{target.name}”: these rows would be gone for them without a word. "
            "Nothing was moved. Delete the rows there or roll their import back, which the history tells, and bring "
            f"them into “{target.name}” anew."
        )


def refuse_to_hide(rows: TransactionQuerySet, target: Account) -> None:
    """Raises WouldVanish if a move to `target` took one of the rows from others: who owns its account may do that."""
    if target.visibility != Visibility.PRIVATE:
        return
    for source in Account.objects.filter(pk__in=rows.order_by().values("account_id")):
        if is_hidden_by(source, target):
            raise WouldVanish(source, target)


def is_hidden_by(source: Account, target: Account) -> bool:
    """Whether others would not see any more what goes from the one to the other; not so where both have one owner."""
    is_private = (source.visibility == Visibility.PRIVATE, target.visibility == Visibility.PRIVATE)
    return is_private == (False, True) and source.owner_id != target.owner_id


def may_share(account: Account, *, person_id: int, owns_household: bool) -> bool:
    """Whether the person chooses who sees the account: its owner, and of one of the household's, the household's."""
    return account.owner_id == person_id if account.owner_id else owns_household


def share(account: Account, visibility: str, *, person_id: int, owns_household: bool) -> bool:
    """Sets who sees the account; whether that changed anything. One of the household's that is not for everybody
    becomes the person's. Raises NotYoursToShare, NameTaken where others see an account of its name already, and
    NoLongerAllowed for who has left meanwhile.

    It is not in the journal: no money changes with it, and undoing it is nobody else's choice.
    """
    held = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    if held.visibility == visibility:
        return False
    if not may_share(held, person_id=person_id, owns_household=owns_household):
        raise NotYoursToShare
    with own_name(held):
        Account.objects.filter(pk=held.pk).update(visibility=visibility, owner_id=held.owner_id or person_id)
    if visibility == Visibility.PRIVATE:
        Revision.go_up()
        refuse_gone(person_id)
    return True


def refuse_to_leave_private_ones(person_id: int) -> None:
    """Raises KeepsAccounts where the person keeps accounts to themselves: they choose first what becomes of these.

    Until they have left, no other tab of theirs makes one: `refuse_gone` is asked behind the version held here.
    """
    Revision.hold()
    if kept := Account.objects.filter(owner_id=person_id, visibility=Visibility.PRIVATE).count():
        raise KeepsAccounts(kept)


def hand_over(person_id: int) -> None:
    """What a person who is gone shared becomes the household's. What was private stays so: whoever removes somebody
    does not get to see it, and they find it again if they come back. Call it with nobody's eyes."""
    shared = Account.objects.filter(owner_id=person_id).exclude(visibility=Visibility.PRIVATE)
    if shared.update(owner_id=None, visibility=Visibility.SHARED):
        Revision.go_up()


class KeepsAccounts(ExpectedError):
    """Who leaves would leave accounts behind that nobody sees."""

    def __init__(self, count: int) -> None:
        accounts = "an account that only you see" if count == 1 else f"{count} accounts that only you see"
        super().__init__(
            f"You have {accounts}. Before you leave, show them to the household or delete them; nobody else could."
        )
