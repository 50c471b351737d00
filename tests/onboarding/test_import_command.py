"""`import_bank_file`: the same deeds as the pages, from the shell."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.imports.models import ImportFile
from apps.ledger.models import Account, Transaction
from apps.tenancy.context import household_context
from tests.imports.bank import NOVEMBER, checking
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "november.csv"
    path.write_bytes(checking(NOVEMBER))
    return path


def run(file: Path, *options: str, household: str = "ours") -> str:
    out = io.StringIO()
    call_command("import_bank_file", str(file), "--household", household, "--account", "Checking", *options, stdout=out)
    return out.getvalue()


def test_the_rows_with_their_verdicts_as_json(file: Path) -> None:
    report = json.loads(run(file, "--dry-run", "--json"))
    assert report["format"] == "bofa_bank"
    assert report["rows"][1] == {
        "line": 3,
        "date": "2026-11-03",
        "amount": "-6.45",
        "description": "STARBUCKS",
        "merchant": "STARBUCKS",
        "reference": "bofa_11/03/2026_-6.45",
        "verdict": "new",
        "reason": "",
    }
    unreadable = report["rows"][2]
    assert (unreadable["line"], unreadable["verdict"], unreadable["date"], unreadable["amount"]) == (
        4,
        "unreadable",
        None,
        None,
    )
    assert "99/99/2026" in unreadable["reason"]
    assert report["totals"] == {
        "rows": 3, "new": 2, "existing": 0, "similar": 0, "unreadable": 1, "left_out": 0, "new_amount": "-2156.45",
    }  # fmt: skip


def test_a_dry_run_stores_nothing(file: Path, household: Household) -> None:
    assert "Nothing was stored." in run(file, "--dry-run")
    with household_context(household):
        assert (Account.objects.count(), ImportFile.objects.count(), Transaction.objects.count()) == (0, 0, 0)


def test_a_second_run_brings_nothing_and_names_the_unreadable_line(file: Path, household: Household) -> None:
    assert run(file).startswith("Bank of America Bank: 2 new, 0 already there, 0 perhaps the same, 1 unreadable")
    again = run(file)
    assert again.startswith("Bank of America Bank: 0 new, 2 already there")
    assert "line 4: " in again
    with household_context(household):
        assert (Account.objects.count(), Transaction.objects.count()) == (1, 2)


def test_the_operators_door_is_written_down(file: Path, household: Household) -> None:
    run(file)
    event = AuditEvent.objects.get(action="operator.opened_household")
    assert (event.household_id, event.actor, event.details) == (
        household.pk, "import_bank_file", {"reason": "import of november.csv by command"},
    )  # fmt: skip


def test_columns_that_need_no_question_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("Booked,Text,Value\n2026-11-13,SHOP,-5.00\n2026-11-14,PAY,20.00\n")
    report = json.loads(run(path, "--dry-run", "--json"))
    assert [(row["date"], row["amount"]) for row in report["rows"]] == [
        ("2026-11-13", "-5.00"),
        ("2026-11-14", "20.00"),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The file is empty"), (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"), (b"just words\n", "")],
)
def test_what_is_no_statement_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=f"file.csv: .*{sentence}"):
        run(path)


def test_an_unknown_household_and_a_missing_file_are_told(file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no household nobody"):
        run(file, household="nobody")
    with pytest.raises(CommandError, match=r"missing\.csv cannot be opened: No such file or directory"):
        run(tmp_path / "missing.csv")


def ambiguous(tmp_path: Path) -> Path:
    path = tmp_path / "old.qif"
    path.write_bytes(b"!Type:Bank\nD03/04/2026\nT-5.00\nPSHOP\n^\nD04/05/2026\nT-6.00\nPSHOP\n^\n")
    return path


def test_what_the_file_leaves_open_is_asked(tmp_path: Path, household: Household) -> None:
    with pytest.raises(CommandError, match=r"old.qif: .*03/04/2026.*Say --day-first or --month-first."):
        run(ambiguous(tmp_path))
    with household_context(household):
        assert Transaction.objects.count() == 0


@pytest.mark.parametrize(("option", "first"), [("--day-first", "2026-04-03"), ("--month-first", "2026-03-04")])
def test_an_option_answers(tmp_path: Path, option: str, first: str) -> None:
    assert json.loads(run(ambiguous(tmp_path), option, "--json"))["rows"][0]["date"] == first


def test_an_unknown_table_is_asked_about_and_answered(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text('Booked,Text,Value\n03/04/2026,SHOP,"-5,001"\n04/05/2026,PAY,"-20,001"\n')
    with pytest.raises(CommandError, match="Say --day-first or --month-first and --decimal"):
        run(path)
    row = json.loads(run(path, "--day-first", "--decimal", ",", "--json"))["rows"][0]
    assert (row["date"], row["amount"]) == ("2026-04-03", "-5.001")
