"""What the invented family did with its rows after they came in, by the deeds that everybody uses."""

import datetime
from decimal import Decimal

from apps.categorization import aliasing, rule_runs, rules
from apps.categorization.models import CategoryRule, MerchantAlias, RuleCondition
from apps.ledger import bucketing, entering, journal, saved_filters, split_templates, splitting, tagging
from apps.ledger.models import Account, Changeset, Revision, Tag, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.transfers import linking, suggesting
from apps.tenancy.context import HouseholdLike

_MERCHANTS = {
    "trader joe": "Trader Joe’s",
    "ralphs": "Ralphs",
    "costco": "Costco",
    "starbucks": "Starbucks",
    "chipotle": "Chipotle",
    "amazon": "Amazon",
    "target": "Target",
    "cvs": "CVS",
    "chevron": "Chevron",
    "netflix": "Netflix",
    "spotify": "Spotify",
}
_CARD_PAYMENT = "american express des:ach pmt"
# Name, words of the bank's text, bucket, note.
_RULES = (
    ("Car insurance", "geico", "transportation", ""),
    ("Rent", "rancho ponderosa", "housing", "Rent and water"),
    ("Pay", "haas & co", "income", ""),
)


def use(household: HouseholdLike, *, actor_id: int, today: datetime.date) -> None:
    """Fills the open household with names, rules, transfers, a split, an occasion and a saved filter."""
    _describe_accounts()
    for pattern, merchant in _MERCHANTS.items():
        aliasing.keep(MerchantAlias(pattern=pattern, merchant=merchant), actor_id=actor_id, renames_old=True)
    for rule in _RULES:
        _add_rule(*rule)
    run = rule_runs.order(None, overwrites=False, actor_id=actor_id)
    rule_runs.do(household, run.pk)
    _enter_card_payments(actor_id)
    _link_transfers(actor_id)
    _share_a_purchase(actor_id)
    _remember_a_visit(actor_id, today)
    eating_out = saved_filters.save(name="Eating out this year", query="bucket=dining&period=this-year")
    saved_filters.pin(eating_out, is_pinned=True)


def _describe_accounts() -> None:
    """As the person said when the accounts were made: part of them, and no change."""
    for place, (name, bank) in enumerate((("BofA Checking", "Bank of America"), ("Savings", "Bank of America"))):
        Account.objects.filter(name=name).update(institution=bank, sort_order=place)
    Account.objects.filter(name="Blue Cash").update(
        institution="American Express", credit_limit=Decimal(8000), due_day=31, sort_order=2
    )


def _add_rule(name: str, words: str, bucket: str, note: str) -> None:
    condition = RuleCondition(field="description", operator="contains", value=words)
    rules.keep(CategoryRule(name=name, bucket=_bucket(bucket), note=note), [condition])


def _enter_card_payments(actor_id: int) -> None:
    """The card's file leaves out what was paid to it; the family enters that, so that what it owes is right."""
    card = Account.objects.get(name="Blue Cash")
    for paid in Transaction.objects.filter(search_text__contains=_CARD_PAYMENT).order_by("date"):
        entering.enter(
            actor_id=actor_id, account=card, date=paid.date, amount=-paid.amount, merchant="Payment, thank you"
        )


def _link_transfers(actor_id: int) -> None:
    sure = [found for found in suggesting.suggestions(datetime.date.min) if found.is_sure]
    pairs = [(found.outgoing, found.incoming) for found in sure]
    linking.link(pairs, as_of=Revision.current(), actor_id=actor_id)


def _share_a_purchase(actor_id: int) -> None:
    """Food and things for the house from one till, as a template for the next time."""
    parts = [
        splitting.Part(_bucket("groceries").pk, percent=Decimal(70)),
        splitting.Part(_bucket("shopping").pk, percent=Decimal(30)),
    ]
    split_templates.add_template("Costco run", parts, actor_id=actor_id)
    newest = _newest("costco", 2)
    with journal.deed(Changeset.Kind.EDIT, actor_id=actor_id, note="Split Costco") as deed:
        splitting.split(newest, parts, deed=deed)


def _remember_a_visit(actor_id: int, today: datetime.date) -> None:
    occasion, _ = tagging.add_tag("occasion", tagging.Look("Mum visits", colour=5), actor_id=actor_id)
    meals = _newest("bistro", 3).filter(date__gte=today - datetime.timedelta(days=60))
    with journal.deed(Changeset.Kind.EDIT, actor_id=actor_id, note=f"Added {occasion}") as deed:
        bucketing.add_tag(meals, occasion, deed=deed)


def _newest(word: str, count: int) -> TransactionQuerySet:
    ids = Transaction.objects.all().mentioning(word).newest_first().values_list("pk", flat=True)[:count]
    return Transaction.objects.filter(pk__one_of=list(ids))


def _bucket(value: str) -> Tag:
    return Tag.objects.get(namespace=Tag.Namespace.BUCKET, value=value)
