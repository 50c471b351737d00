"""Balances of a file: believed where they follow from the rows, and told of where they do not."""

import datetime
from decimal import Decimal

import pytest

from apps.households.models import Household
from apps.imports import balances
from apps.imports.pages import warnings
from apps.ledger.models import Account, StatedBalance
from apps.ledger.proof import proof_of
from tests.imports.bank import Line, balanced, bring_in, checking, read
from tests.planes import both_planes

pytestmark = both_planes

LINES: list[Line] = [
    ("11/01/2026", "A", "-1.00"),
    ("11/02/2026", "B", "-2.00"),
    ("11/02/2026", "C", "-4.00"),
    ("11/05/2026", "D", "10.00"),
]


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def mt940(closing: str) -> bytes:
    """Opens with 100.00 and holds two rows that make 88.00."""
    return (
        ":20:X\n:25:DE89370400440532013000\n:28C:1/1\n:60F:C261101EUR100,00\n"
        ":61:2611021102D5,00NTRFNONREF//id00000001\n:86:Tea\n:61:2611031103D7,00NTRFNONREF//id00000002\n:86:Cake\n"
        f":62F:C261103EUR{closing}\n-\n"
    ).encode()


@pytest.mark.parametrize(("is_newest_first", "runs"), [(False, "down"), (True, "up")])
def test_they_run_down_the_file_or_up_and_the_last_of_a_day_counts(
    opened: Household, account: Account, is_newest_first: bool, runs: str
) -> None:
    file = bring_in(opened, account, balanced(LINES, is_newest_first=is_newest_first))
    assert file.balances_run == runs
    stated = dict(StatedBalance.objects.values_list("date", "amount"))
    assert stated == {
        datetime.date(2026, 11, 1): Decimal(99),
        datetime.date(2026, 11, 2): Decimal(93),
        datetime.date(2026, 11, 5): Decimal(103),
    }
    proof = proof_of(account.pk)
    assert proof is not None
    assert (proof.opening, proof.until, proof.broken_on) == (Decimal(100), datetime.date(2026, 11, 5), None)


def test_a_column_that_holds_no_balances_is_not_believed(opened: Household, account: Account) -> None:
    file = bring_in(opened, account, checking(LINES))  # 0.00 on every line
    assert file.balances_run == ""
    assert not file.rows.exclude(running_balance=None).exists()
    assert not StatedBalance.objects.exists()


def test_a_row_missing_from_the_file_shows_in_the_proof(opened: Household, account: Account) -> None:
    many = [(f"10/{day:02}/2026", f"SHOP {day}", "-1.00") for day in range(1, 25)]
    lines = balanced(many).splitlines(keepends=True)
    bring_in(opened, account, b"".join(lines[:10] + lines[11:]))
    proof = proof_of(account.pk)
    assert proof is not None
    assert (proof.until, proof.broken_on, proof.missing) == (
        datetime.date(2026, 10, 9),
        datetime.date(2026, 10, 11),
        Decimal(-1),
    )


def test_the_closing_balance_of_a_statement_proves_its_day(opened: Household) -> None:
    account = Account.objects.create(name="Giro", currency="EUR")
    file = bring_in(opened, account, mt940("88,00"))
    assert (file.currency, balances.gaps(file)) == ("EUR", [])
    proof = proof_of(account.pk)
    assert proof is not None
    assert (proof.opening, proof.until) == (Decimal(100), datetime.date(2026, 11, 3))


def test_a_statement_that_does_not_add_up_is_told_of_before_it_comes_in(opened: Household) -> None:
    account = Account.objects.create(name="Giro", currency="EUR")
    file = read(opened, account, mt940("80,00"))
    assert balances.gaps(file) == [{"expected": Decimal(88), "stated": Decimal(80)}]
    (warning,) = warnings(file)
    assert "they should end at €88.00, and the bank says €80.00" in warning


def test_the_balance_of_another_account_of_the_file_proves_nothing_here(opened: Household) -> None:
    account = Account.objects.create(name="Giro", currency="EUR")
    quiet = b":20:X\n:25:DE11111111111111111111\n:28C:1/1\n:60F:C261101EUR7000,00\n:62F:C261104EUR7000,00\n-\n"
    bring_in(opened, account, mt940("88,00") + quiet)
    assert list(StatedBalance.objects.values_list("amount", flat=True)) == [88]


def test_of_two_statements_of_one_day_the_later_counts(opened: Household) -> None:
    account = Account.objects.create(name="Giro", currency="EUR")
    again = mt940("80,00").replace(b"C261101EUR100,00", b"C261103EUR88,00").replace(b"261102", b"261103")
    again = again.replace(b"D5,00", b"D1,00").replace(b"id0000000", b"id1000000")
    bring_in(opened, account, mt940("88,00") + again)
    assert dict(StatedBalance.objects.values_list("date", "amount")) == {datetime.date(2026, 11, 3): Decimal(80)}


def test_a_balance_of_noon_is_no_break_when_the_day_went_on(opened: Household, account: Account) -> None:
    morning, evening = ("11/02/2026", "A", "-5.00"), ("11/02/2026", "B", "-7.00")
    bring_in(opened, account, balanced([("11/01/2026", "X", "-1.00"), morning]))
    # The bank sorts the day anew; its rows end at the same balance.
    bring_in(opened, account, balanced([evening, morning, ("11/03/2026", "Y", "-1.00")], opening="99.00"))
    proof = proof_of(account.pk)
    assert proof is not None
    assert (proof.until, proof.broken_on) == (datetime.date(2026, 11, 3), None)


def test_one_row_alone_shows_no_balance(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking(LINES[:1]))
    assert not StatedBalance.objects.exists()
