"""The journal that we export, read by the real hledger."""

import io
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from apps.households.models import Household
from apps.ledger.exporting import KINDS
from apps.ledger.models import Account, Tag, Transaction, TransactionTag, Transfer
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = [
    pytest.mark.slow,
    both_planes,
    pytest.mark.skipif(shutil.which("hledger") is None, reason="There is no hledger (Debian: apt-get install hledger)"),
]

NASTY = [
    "two  spaces; and a comment",
    "a:b:c",
    "(unclosed * ! = |",
    "[2026-13-45] date:soon, x:y",
    '; @ 5 EUR @@ 6 "USD" = 7',
    "Καφές ☕ مقهى\u00a0\u00a0café",
    "line\nbreak\r\n2026-01-01 x\n    assets:x  1 USD",
    "\t=1+1\x1b",
    "include /etc/passwd",
]


def hledger(journal: Path, *arguments: str) -> str:
    ran = subprocess.run(
        ["hledger", "-f", journal, *arguments],
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def exported(folder: Path) -> Path:
    out = io.StringIO(newline="")
    KINDS["hledger"].write(Transaction.objects.all(), out, is_whole=True)
    journal = folder / "household.journal"
    journal.write_text(out.getvalue(), encoding="utf-8")
    return journal


def fill_with_nasty_names() -> dict[str, Decimal]:
    """Accounts, buckets and rows whose every text means something to hledger; returns what each account holds."""
    balances = {}
    buckets = [
        Tag.objects.create(namespace="bucket", value=f"b{number}", name=name.replace("\n", " ")[:80])
        for number, name in enumerate(NASTY)
    ]
    for number, name in enumerate(NASTY):
        kind = list(Account.Kind)[number % len(Account.Kind)]
        account = Account.objects.create(
            name=f"{name}"[:80],
            kind=kind,
            currency=("USD", "EUR", "JPY")[number % 3],
            opening_balance=Decimal("-12.3456"),
        )
        spent = by_hand(account, "2026-11-03", "-30.0001", name, merchant=name[:200], notes=name, reference=name)
        for bucket, amount in zip(buckets, ("-10", "-20.0001"), strict=False):
            TransactionTag.objects.create(transaction=spent, tag=bucket, amount=Decimal(amount))
        plain = by_hand(account, "2026-11-04", "12345678901.99", name, status="matched")
        TransactionTag.objects.create(transaction=plain, tag=buckets[number])
        occasion = Tag.objects.create(namespace=f"date{number}", value="x", name=name[:80])
        TransactionTag.objects.create(transaction=plain, tag=occasion)
        by_hand(account, "2026-11-05", "0", "", is_transfer=True)
        balances[account.pk] = Decimal("-12.3456") - Decimal("30.0001") + Decimal("12345678901.99")
    return balances


def link_all() -> None:
    """A transfer from each account to the next, of one currency and of two, with a fee lost on the way."""
    accounts = list(Account.objects.order_by("pk"))
    for sender, receiver in zip(accounts, accounts[1:] + accounts[:1], strict=True):
        sent = by_hand(sender, "2026-11-06", "-50.00", is_transfer=True)
        received = by_hand(receiver, "2026-11-09", "49.50", "date:never", is_transfer=True, notes="date:2026-99-99")
        Transfer.objects.create(outgoing=sent, incoming=received)


def test_hledger_accepts_a_journal_of_the_nastiest_names(opened: Household, tmp_path: Path) -> None:
    balances = fill_with_nasty_names()
    link_all()
    journal = exported(tmp_path)
    for checks in (["check"], ["check", "--strict"], ["check", "ordereddates"]):
        hledger(journal, *checks)
    exact = [option for code in ("USD", "EUR", "JPY") for option in ("-c", f"1000.0000 {code}")]
    shown = ["--flat", "--no-total", "--empty", "-O", "csv", *exact]
    rows = hledger(journal, "balance", "^assets:", "^liabilities:", *shown)
    held = sorted(Decimal(line.rsplit('","', 1)[1].split()[0]) for line in rows.splitlines()[1:])
    assert held == sorted(balance + Decimal("-0.50") for balance in balances.values())


def test_every_row_of_the_ledger_is_in_the_journal_once(opened: Household, tmp_path: Path) -> None:
    fill_with_nasty_names()
    link_all()
    codes = hledger(exported(tmp_path), "codes").split()
    incoming = set(Transfer.objects.values_list("incoming_id", flat=True))
    expected = [
        pk for pk in Transaction.objects.order_by("date", "pk").values_list("pk", flat=True) if pk not in incoming
    ]
    assert [int(code) for code in codes] == expected
