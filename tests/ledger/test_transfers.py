"""Two rows of one movement of money: suggested, linked, taken apart."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household
from apps.ledger import journal
from apps.ledger import transfers as deeds
from apps.ledger.models import (
    Account,
    Change,
    Changeset,
    Revision,
    Tag,
    Transaction,
    TransactionTag,
    Transfer,
    TransferRejection,
)
from apps.ledger.transfers import After, CannotLink, CannotUnmark
from apps.tenancy.planes import LEDGER
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

EVER = datetime.date.min


@pytest.fixture
def checking(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


@pytest.fixture
def card(opened: Household) -> Account:
    return Account.objects.create(name="Visa", kind=Account.Kind.CREDIT_CARD, currency="USD")


@pytest.fixture
def savings(opened: Household) -> Account:
    return Account.objects.create(name="Savings", kind=Account.Kind.SAVINGS, currency="USD")


def suggested(since: datetime.date = EVER) -> list[tuple[int, int]]:
    return [(found.outgoing, found.incoming) for found in deeds.suggestions(since)]


def link(*pairs: tuple[Transaction, Transaction]) -> Changeset:
    ids = [(one.pk, other.pk) for one, other in pairs]
    changeset = deeds.link(ids, as_of=Revision.current(), actor_id=7)
    assert changeset is not None
    return changeset


def marked() -> list[int]:
    return list(Transaction.objects.filter(is_transfer=True).order_by("pk").values_list("pk", flat=True))


# --- what is suggested -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "is_found"), [(-6, False), (-5, True), (0, True), (5, True), (6, False)])
def test_five_days_may_lie_between_the_two(checking: Account, savings: Account, days: int, is_found: bool) -> None:
    sent = by_hand(checking, "2026-11-10", "-100.00")
    got = by_hand(savings, f"2026-11-{10 + days:02}", "100.00")
    assert suggested() == ([(sent.pk, got.pk)] if is_found else [])


def test_only_the_exact_opposite_in_another_account_of_the_currency_is_suggested(
    checking: Account, savings: Account
) -> None:
    euros = Account.objects.create(name="Konto", currency="EUR")
    by_hand(checking, "2026-11-10", "-100.00")
    by_hand(checking, "2026-11-10", "100.00")
    by_hand(savings, "2026-11-10", "100.01")
    by_hand(savings, "2026-11-10", "-100.00")
    by_hand(euros, "2026-11-10", "100.00")
    by_hand(savings, "2026-11-10", "100.00", status="ignored")
    by_hand(savings, "2026-11-10", "0")
    by_hand(euros, "2026-11-10", "0")
    (found,) = deeds.suggested_pairs(deeds.suggestions(EVER))
    # Savings sent what checking got; the pair of the same account is none.
    assert (found.outgoing.account_name, found.incoming.account_name) == ("Savings", "Checking")


def test_what_is_linked_or_rejected_is_not_suggested_again(checking: Account, savings: Account) -> None:
    pairs = [
        (by_hand(checking, f"2026-11-{day:02}", f"-{day}00"), by_hand(savings, f"2026-11-{day:02}", f"{day}00"))
        for day in (1, 2, 3)
    ]
    link(pairs[0])
    rejection = deeds.reject(pairs[1][0].pk, pairs[1][1].pk)
    assert deeds.reject(pairs[1][0].pk, pairs[1][1].pk) == rejection
    assert suggested() == [(pairs[2][0].pk, pairs[2][1].pk)]
    assert [(pair.key, pair.outgoing.pk) for pair in deeds.rejected_pairs()] == [(rejection.pk, pairs[1][0].pk)]
    deeds.take_back(rejection.pk)
    assert len(suggested()) == 2


def test_a_rejected_row_is_suggested_with_the_next_best(checking: Account, savings: Account, card: Account) -> None:
    sent = by_hand(checking, "2026-11-10", "-100.00")
    best, next_best = by_hand(card, "2026-11-10", "100.00"), by_hand(savings, "2026-11-12", "100.00")
    assert suggested() == [(sent.pk, best.pk)]
    deeds.reject(sent.pk, best.pk)
    assert suggested() == [(sent.pk, next_best.pk)]


def test_no_row_stands_in_two_suggestions_and_the_nearest_are_together(checking: Account, savings: Account) -> None:
    first, second = by_hand(checking, "2026-11-01", "-50"), by_hand(checking, "2026-11-04", "-50")
    got_second, got_first = by_hand(savings, "2026-11-04", "50"), by_hand(savings, "2026-11-02", "50")
    assert suggested() == [(second.pk, got_second.pk), (first.pk, got_first.pk)]
    assert [pair.is_sure for pair in deeds.suggestions(EVER)] == [False, False]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (("Payment received - THANK YOU", "x"), True),
        (("CHASE AUTOPAY 123", "x"), True),
        (("x", "ONLINE PMT"), True),
        (("Transfer to savings", "x"), True),
        (("Bill  Pay", "x"), True),
        (("x", "PayPal Inst XFER"), True),
        (("payments of others", "transfer"), False),
    ],
)
def test_the_banks_own_words_speak_for_a_pair(
    checking: Account, savings: Account, texts: tuple[str, str], reason: bool
) -> None:
    by_hand(checking, "2026-11-10", "-100.00", texts[0])
    by_hand(savings, "2026-11-10", "100.00", merchant=texts[1])
    (pair,) = deeds.suggestions(EVER)
    assert pair.reasons == (("same day", "reads like a transfer") if reason else ("same day",))
    assert pair.is_sure is reason


def test_a_card_payment_is_preferred_and_sure(checking: Account, card: Account, savings: Account) -> None:
    sent = by_hand(checking, "2026-11-10", "-100.00")
    paid = by_hand(card, "2026-11-11", "100.00")
    by_hand(savings, "2026-11-20", "100.00")
    (pair,) = deeds.suggestions(EVER)
    assert (pair.outgoing, pair.incoming) == (sent.pk, paid.pk)
    assert pair.reasons == ("1 day apart", "pays a card or a loan")
    Transaction.objects.filter(pk=paid.pk).update(is_transfer=True)
    (pair,) = deeds.suggestions(EVER)
    assert (pair.is_sure, pair.reasons[-1]) == (True, "marked as a transfer")


def test_a_rival_makes_a_pair_unsure(checking: Account, card: Account, savings: Account) -> None:
    by_hand(checking, "2026-11-10", "-100.00", "AUTOPAY")
    by_hand(card, "2026-11-10", "100.00", "PAYMENT THANK YOU")
    assert [pair.is_sure for pair in deeds.suggestions(EVER)] == [True]
    by_hand(savings, "2026-11-14", "100.00")
    assert [pair.is_sure for pair in deeds.suggestions(EVER)] == [False]


def test_older_rows_are_searched_when_asked(checking: Account, savings: Account) -> None:
    by_hand(checking, "2025-01-10", "-100.00")
    by_hand(savings, "2025-01-10", "100.00")
    assert (len(suggested(datetime.date(2025, 1, 11))), len(suggested())) == (0, 1)


def test_suggestions_ask_twice_however_many_there_are(checking: Account, savings: Account) -> None:
    counts = []
    for day in (1, 2, 3):
        by_hand(checking, f"2026-11-{day:02}", f"-{day}00")
        by_hand(savings, f"2026-11-{day:02}", f"{day}00")
        with CaptureQueriesContext(connections["households"]) as captured:
            assert len(deeds.suggested_pairs(deeds.suggestions(EVER))) == day
        counts.append(len(captured))
    assert counts == [2, 2, 2]


def test_rows_that_only_read_like_a_transfer(checking: Account) -> None:
    lone = by_hand(checking, "2026-11-10", "-100.00", "WIRE TRANSFER OUT")
    by_hand(checking, "2026-11-10", "-100.00", "WIRE TRANSFER OUT", is_transfer=True)
    by_hand(checking, "2026-11-10", "-100.00", "WIRE TRANSFER OUT", status="ignored")
    bill = by_hand(checking, "2026-11-10", "-100.00", "BILL PAY ELECTRIC")
    TransactionTag.objects.create(transaction=bill, tag=Tag.objects.get(value="utilities"), source="person")
    by_hand(checking, "2026-11-10", "-100.00", "WIRED COFFEE")
    assert [row.pk for row in deeds.lone_rows(EVER)] == [lone.pk]
    assert not deeds.lone_rows(datetime.date(2026, 11, 11)).exists()


def test_by_hand_the_nearest_amount_stands_first_and_other_currencies_last(checking: Account, savings: Account) -> None:
    euros = Account.objects.create(name="Konto", currency="EUR")
    sent = by_hand(checking, "2026-11-10", "-100.00")
    fee = by_hand(savings, "2026-11-10", "98.00")
    exact = by_hand(savings, "2026-11-20", "100.00", "WIRE IN")
    abroad = by_hand(euros, "2026-11-11", "92.00")
    by_hand(savings, "2026-12-20", "100.00", "LATE WIRE")
    by_hand(savings, "2026-11-10", "50.00")
    by_hand(savings, "2026-11-10", "-100.00")
    by_hand(checking, "2026-11-10", "100.00")
    link((by_hand(checking, "2026-11-10", "-100.00"), by_hand(savings, "2026-11-10", "100.00")))
    assert [row.pk for row in deeds.partners_for(sent)] == [exact.pk, fee.pk, abroad.pk]
    assert [row.description for row in deeds.partners_for(sent, text="wire")] == ["WIRE IN", "LATE WIRE"]
    assert [row.pk for row in deeds.partners_for(fee)] == [sent.pk]


# --- linking -----------------------------------------------------------------------------------------------------------


def test_linking_marks_both_and_undo_restores_both(checking: Account, savings: Account) -> None:
    sent = by_hand(checking, "2026-11-10", "-100.00")
    got = by_hand(savings, "2026-11-11", "100.00", is_transfer=True)
    changeset = link((got, sent))
    (transfer,) = Transfer.objects.all()
    assert (transfer.outgoing_id, transfer.incoming_id) == (sent.pk, got.pk)
    assert marked() == [sent.pk, got.pk]
    changeset.refresh_from_db()
    assert (changeset.kind, changeset.actor_id, changeset.note) == (
        "transfer",
        7,
        "Linked $100.00 from Checking to Savings",
    )
    undone = journal.undo(changeset.pk, actor_id=7)
    assert undone.conflicts == []
    assert (marked(), Transfer.objects.count()) == ([got.pk], 0)
    journal.undo(undone.changeset.pk, actor_id=7)
    assert (marked(), Transfer.objects.get().pk) == ([sent.pk, got.pk], transfer.pk)


def test_many_pairs_are_one_changeset_all_or_none(checking: Account, savings: Account) -> None:
    pairs = [
        (by_hand(checking, "2026-11-01", f"-{amount}"), by_hand(savings, "2026-11-01", f"{amount}"))
        for amount in (1, 2)
    ]
    with pytest.raises(CannotLink, match="part of another transfer"):
        link(*pairs, (pairs[0][0], by_hand(savings, "2026-11-01", "1")))
    assert (Transfer.objects.count(), marked(), Changeset.objects.filter(kind="transfer").count()) == (0, [], 0)
    changeset = link(*pairs)
    assert (Transfer.objects.count(), Changeset.objects.get(pk=changeset.pk).note) == (2, "Linked 2 transfers")
    journal.undo(changeset.pk, actor_id=None)
    assert Transfer.objects.count() == 0


def test_different_amounts_and_currencies_may_be_linked_by_hand(checking: Account) -> None:
    euros = Account.objects.create(name="Konto", currency="EUR")
    link((by_hand(checking, "2026-11-10", "-100.00"), by_hand(euros, "2026-11-20", "91.00")))
    assert len(marked()) == 2


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("sent", "sent", "A row cannot be linked to itself."),
        ("sent", "same account", "Both rows are of the account Checking."),
        ("sent", "also sent", "out of one account and puts it into the other"),
        ("sent", "gone", "is not there any more"),
        ("sent", "nought", "out of one account and puts it into the other"),
        ("linked", "got", "One of these rows is part of another transfer already."),
    ],
)
def test_what_is_no_transfer_is_refused_in_a_sentence(
    checking: Account, savings: Account, one: str, other: str, sentence: str
) -> None:
    rows = {
        "sent": by_hand(checking, "2026-11-10", "-100.00"),
        "same account": by_hand(checking, "2026-11-10", "100.00"),
        "also sent": by_hand(savings, "2026-11-10", "-100.00"),
        "nought": by_hand(savings, "2026-11-10", "0"),
        "got": by_hand(savings, "2026-11-10", "100.00"),
        "linked": by_hand(checking, "2026-11-10", "-100.00"),
        "gone": by_hand(savings, "2026-11-10", "7"),
    }
    link((rows["linked"], by_hand(savings, "2026-11-10", "100.00")))
    Transaction.objects.filter(pk=rows["gone"].pk).delete()
    before = Transfer.objects.count(), marked(), Change.objects.count()
    with pytest.raises(CannotLink, match=sentence):
        link((rows[one], rows[other]))
    assert (Transfer.objects.count(), marked(), Change.objects.count()) == before


def test_the_database_itself_refuses_a_row_in_two_transfers(checking: Account, savings: Account) -> None:
    sent, got = by_hand(checking, "2026-11-10", "-100.00"), by_hand(savings, "2026-11-10", "100.00")
    Transfer.objects.create(outgoing=sent, incoming=got)
    for one, other in [(sent, by_hand(savings, "2026-11-10", "100")), (got, sent), (sent, sent)]:
        with pytest.raises(IntegrityError), transaction.atomic(using=LEDGER):
            Transfer.objects.create(outgoing=one, incoming=other)


def test_a_row_that_was_changed_since_it_was_shown_is_not_linked(checking: Account, savings: Account) -> None:
    sent, got = by_hand(checking, "2026-11-10", "-100.00"), by_hand(savings, "2026-11-10", "100.00")
    shown = Revision.current()
    deeds.mark([sent.pk], as_of=shown, actor_id=None)
    for as_of in (shown, None):
        with pytest.raises(journal.ChangedMeanwhile):
            deeds.link([(sent.pk, got.pk)], as_of=as_of, actor_id=None)
    assert not Transfer.objects.exists()


def test_linking_a_rejected_pair_takes_the_rejection_away(checking: Account, savings: Account) -> None:
    sent, got = by_hand(checking, "2026-11-10", "-100.00"), by_hand(savings, "2026-11-10", "100.00")
    deeds.reject(sent.pk, got.pk)
    link((sent, got))
    assert not TransferRejection.objects.exists()


# --- taking apart, marking ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "stay"),
    [(After.AS_BEFORE, ["got"]), (After.TRANSFERS, ["sent", "got"]), (After.ORDINARY, [])],
)
def test_what_two_rows_are_after_they_are_taken_apart(
    checking: Account, savings: Account, after: After, stay: list[str]
) -> None:
    rows = {
        "sent": by_hand(checking, "2026-11-10", "-100.00"),
        "got": by_hand(savings, "2026-11-10", "100.00", is_transfer=True),
    }
    link((rows["sent"], rows["got"]))
    transfer = Transfer.objects.get()
    assert deeds.marks_before(transfer) == {rows["sent"].pk: False, rows["got"].pk: True}
    changeset = deeds.unlink(transfer, after=after, actor_id=7)
    assert changeset is not None
    assert (Transfer.objects.count(), marked()) == (0, [rows[name].pk for name in stay])
    journal.undo(changeset.pk, actor_id=7)
    assert (Transfer.objects.get().pk, len(marked())) == (transfer.pk, 2)


def test_of_an_imported_transfer_nobody_knows_what_its_rows_were(checking: Account, savings: Account) -> None:
    transfer = Transfer.objects.create(
        outgoing=by_hand(checking, "2026-11-10", "-1", is_transfer=True),
        incoming=by_hand(savings, "2026-11-10", "1", is_transfer=True),
    )
    assert deeds.marks_before(transfer) == {}


def test_marking_and_its_way_back(checking: Account, savings: Account) -> None:
    rows = [by_hand(checking, "2026-11-10", "-1.00"), by_hand(checking, "2026-11-10", "-2.00", is_transfer=True)]
    ids = [row.pk for row in rows]
    changeset = deeds.mark(ids, as_of=Revision.current(), actor_id=None)
    assert changeset is not None
    assert (marked(), Changeset.objects.get(pk=changeset.pk).note) == (ids, "1 row marked as transfers")
    deeds.unmark(ids, as_of=Revision.current(), actor_id=None)
    assert marked() == []
    assert deeds.unmark(ids, as_of=Revision.current(), actor_id=None) is None


def test_a_linked_row_cannot_be_unmarked(checking: Account, savings: Account) -> None:
    sent, got = by_hand(checking, "2026-11-10", "-100.00"), by_hand(savings, "2026-11-10", "100.00")
    link((sent, got))
    with pytest.raises(CannotUnmark, match="Unlink the two first"):
        deeds.unmark([got.pk], as_of=Revision.current(), actor_id=None)


def test_what_was_moved_is_told_by_currency(checking: Account, savings: Account) -> None:
    euros = Account.objects.create(name="Konto", currency="EUR")
    link((by_hand(checking, "2026-11-10", "-100.00"), by_hand(savings, "2026-11-10", "100.00")))
    by_hand(euros, "2026-11-10", "-7.50", is_transfer=True)
    by_hand(euros, "2026-11-10", "-1.00")
    assert [(one.currency, one.row_count, one.amount) for one in deeds.moved()] == [
        ("EUR", 1, Decimal("7.50")),
        ("USD", 2, Decimal("200.00")),
    ]


def test_a_deleted_row_frees_its_partner(checking: Account, savings: Account) -> None:
    sent, got = by_hand(checking, "2026-11-10", "-100.00"), by_hand(savings, "2026-11-10", "100.00")
    link((sent, got))
    with journal.deed(Changeset.Kind.DELETE) as deed:
        deed.take_out(Transaction.objects.filter(pk=sent.pk))
    assert (Transfer.objects.count(), TransactionTag.objects.count()) == (0, 0)
    link((by_hand(checking, "2026-11-10", "-100.00"), got))
    assert deed.changeset is not None
    undone = journal.undo(deed.changeset.pk, actor_id=None)
    assert [conflict.sentence for conflict in undone.conflicts] == ["is part of another transfer since"]
