"""A household of two: Ann, its owner, and Bob, who keeps an account to himself and lets Ann only look at another."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from apps.categorization.models import CategoryRule, MerchantAlias, RuleCondition, RuleHit, RuleRun
from apps.households.models import Household, Membership
from apps.imports.models import AccountHint, ImportBatch, ImportFile, ImportRow
from apps.ledger import journal
from apps.ledger.models import (
    Account,
    Changeset,
    Reconciliation,
    StatedBalance,
    Tag,
    Transaction,
    TransactionTag,
    Transfer,
    TransferRejection,
)
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.ledger.entries import by_hand

SECRET = "SECRET"
DAY = datetime.date(2026, 11, 3)


@dataclass
class Family:
    household: Household
    ann: User
    bob: User
    joint: Account
    savings: Account
    """Bob's; Ann may see it."""
    card: Account
    """Bob's; Ann does not see it."""


def join(household: Household, name: str, role: str = "member") -> User:
    person = User.objects.create_user(f"{name.lower()}@example.com", "a-long-enough-word", name=name)
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    Membership.objects.create(household=household, user=person, role=role)
    return person


def family(household: Household, ann: User) -> Family:
    bob = join(household, "Bob")
    with household_context(household):
        joint = Account.objects.create(name="Joint", currency="USD")
        savings = Account.objects.create(
            name="Bobs savings", currency="USD", owner_id=bob.pk, visibility=Account.Visibility.READ_ONLY
        )
        card = Account.objects.create(
            name=f"{SECRET} card", currency="USD", owner_id=bob.pk, visibility=Account.Visibility.PRIVATE
        )
    return Family(household, ann, bob, joint, savings, card)


def fill(found: Family) -> None:
    """Something of every table, open and secret."""
    with household_context(found.household):
        for account, text in ((found.joint, "OPEN"), (found.savings, "SEEN"), (found.card, SECRET)):
            fill_account(account, text, actor_id=found.bob.pk)
        sent = by_hand(found.joint, "2026-11-05", "-50.00", "OPEN to card")
        received = by_hand(found.card, "2026-11-05", "50.00", f"{SECRET} from joint")
        with journal.deed(Changeset.Kind.TRANSFER, note=f"Linked Joint and {SECRET} card") as deed:
            deed.touch(Transaction.objects.filter(pk__in=[sent.pk, received.pk]), "is_transfer")
            Transaction.objects.filter(pk__in=[sent.pk, received.pk]).update(is_transfer=True)
            deed.made(Transfer, [Transfer.objects.create(outgoing=sent, incoming=received).pk])


def fill_account(account: Account, text: str, *, actor_id: int) -> None:
    """A row of every table that leads to the account, with the text in it wherever there is room."""
    dining = Tag.objects.get(namespace="bucket", value="dining")
    batch = ImportBatch.objects.create(uploaded_by_id=actor_id)
    changeset = Changeset.objects.create(
        kind=Changeset.Kind.IMPORT, note=f"{text}.csv", account_id=account.pk, actor_id=actor_id
    )
    row = Transaction.objects.create(
        account=account, changeset=changeset, date=DAY, amount=Decimal("-12.50"), description=f"{text} shop"
    )
    TransactionTag.objects.create(transaction=row, tag=dining)
    file = ImportFile.objects.create(
        batch=batch, account=account, name=f"{text}.csv", state="booked", uploaded_by_id=actor_id, changeset=changeset
    )
    ImportRow.objects.create(
        file=file, position=1, line=2, verdict="new", date=DAY, amount=Decimal("-12.50"), description=text
    )
    AccountHint.objects.create(account=account, format="csv", hint=text)
    StatedBalance.objects.create(account=account, changeset=changeset, date=DAY, amount=Decimal(100))
    Reconciliation.objects.create(account=account, statement_date=DAY, statement_balance=Decimal(100))
    rule = CategoryRule.objects.create(name=f"Rule {text}", note=text)
    RuleCondition.objects.create(rule=rule, field="account", operator="is", account=account)
    kept = account.pk if account.visibility == Account.Visibility.PRIVATE else None
    MerchantAlias.objects.create(pattern=f"{text} alias", match="exact", merchant=text, account_id=kept)
    run = RuleRun.objects.create(state="done", changeset=changeset, actor_id=actor_id)
    RuleHit.objects.create(run=run, transaction_id=row.pk, rule_id=rule.pk, rule_name=rule.name)
    gone = by_hand(account, "2026-11-04", "-3.00", f"{text} gone")
    twin = by_hand(account, "2026-11-04", "3.00", f"{text} back")
    TransferRejection.objects.create(outgoing_id=gone.pk, incoming_id=twin.pk)
    with journal.deed(Changeset.Kind.EDIT, note=f"Notes of {text}", actor_id=actor_id) as deed:
        deed.touch(Transaction.objects.filter(pk=row.pk), "notes")
        Transaction.objects.filter(pk=row.pk).update(notes=f"{text} noted")
    with journal.deed(Changeset.Kind.TRANSFER, note=f"Linked {text}", actor_id=actor_id) as deed:
        deed.made(Transfer, [Transfer.objects.create(outgoing=gone, incoming=twin).pk])
    lone = by_hand(account, "2026-11-06", "-4.00", f"{text} deleted")
    with journal.deed(Changeset.Kind.DELETE, note=f"Deleted {text}", actor_id=actor_id) as deed:
        deed.take_out(Transaction.objects.filter(pk=lone.pk))


def owned(ours: Family) -> set[tuple[int | None, str]]:
    """Owner and visibility of all accounts."""
    with household_context(ours.household):
        return set(Account.objects.values_list("owner_id", "visibility"))
