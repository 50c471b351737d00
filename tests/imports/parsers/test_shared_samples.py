"""Against what the single-user app reads, where its samples are at hand (``WALLET_SHARED_SAMPLES``)."""

import io
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from apps.imports.parsers import Answers, ParsedRow, UnknownFormat, from_original_json, guess, open_statement

SAMPLES = Path(os.environ["WALLET_SHARED_SAMPLES"]) if os.environ.get("WALLET_SHARED_SAMPLES") else None

DEVIATIONS = {
    # The app finds no column "Amount (total)" and drops the row; here "Amount" does as well.
    "from_tests__import_comprehensive_L50_csv_content.csv": [
        ("2025-11-15", Decimal(-15), "Lunch", "Jane", "Venmo", "12345", ""),
    ],
}


ANSWERS = {"from_tests__quicken_import_L650_content.qif": Answers(day_first=False)}

UNKNOWN_HERE = {
    # The app takes the words "Account Statement" for Venmo, then reads nothing.
    "from_tests__custom_csv_parser_L40_CSV_WITH_HEADERS.csv",
}


def _expectations() -> list[Path]:
    return (
        sorted(path for path in (SAMPLES / "expected").glob("*.json") if path.name != "_index.json") if SAMPLES else []
    )


def _unknown_to_the_app() -> list[Path]:
    found = [(path, json.loads(path.read_text())) for path in _expectations()]
    return [
        path for path, golden in found if (golden.get("auto_detect") or {}).get("config") and not golden["detected"]
    ]


def _content(expected: Path) -> bytes:
    assert SAMPLES is not None
    name = expected.name.removesuffix(".json")
    folder = "bank_small" if name.startswith("from_tests__") else "bank"
    return (SAMPLES / folder / name.removeprefix("from_tests__")).read_bytes()


def _wanted(transactions: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [
        (
            row["date"],
            Decimal(str(row["amount"])),
            row["description"],
            row["merchant"] or "",
            row["account_source"],
            row["reference_id"],
            row["card_member"] or "",
        )
        for row in transactions
    ]


if SAMPLES:

    @pytest.mark.parametrize("expected", _expectations(), ids=lambda path: path.name)
    def test_a_file_reads_as_in_the_single_user_app(expected: Path) -> None:
        golden = json.loads(expected.read_text())
        stream = io.BytesIO(_content(expected))
        if golden["detected"] is None or expected.name.removesuffix(".json") in UNKNOWN_HERE:
            with pytest.raises(UnknownFormat):
                open_statement(stream)
            return
        # The app took the month for the first number where no date decides; here that is asked.
        statement = open_statement(stream, answers=ANSWERS.get(expected.name.removesuffix(".json")))
        assert statement.format == golden["detected"]
        read = [
            (
                row.date.isoformat(),
                row.amount,
                row.description,
                row.merchant,
                row.account_hint,
                row.reference,
                row.card_member,
            )
            for row in statement.rows()
            if isinstance(row, ParsedRow)
        ]
        name = expected.name.removesuffix(".json")
        assert read == DEVIATIONS.get(name, _wanted(golden["transactions"]))

    @pytest.mark.parametrize("expected", _unknown_to_the_app(), ids=lambda path: path.name)
    def test_the_columns_of_an_unknown_file_are_guessed_as_in_the_single_user_app(expected: Path) -> None:
        config = json.loads(expected.read_text())["auto_detect"]["config"]
        guessed = guess(io.BytesIO(_content(expected))).recipe
        assert guessed is not None
        assert guessed.columns.date == config["date_column"]
        assert guessed.columns.amount == config["amount_column"]
        assert guessed.columns.description == (config["description_column"],)
        assert guessed.dialect.dates[0] == config["date_format"]

    @pytest.mark.parametrize("expected", _unknown_to_the_app(), ids=lambda path: path.name)
    def test_the_configuration_of_the_single_user_app_reads_the_same_rows_as_our_guess(expected: Path) -> None:
        config = json.loads(expected.read_text())["auto_detect"]["config"]
        stream = io.BytesIO(_content(expected))
        guessed = guess(stream).recipe
        assert guessed is not None
        ours = list(open_statement(stream, recipe=guessed).rows())
        theirs = list(open_statement(stream, recipe=from_original_json(config)).rows())
        assert [(row.line, row.date, abs(row.amount)) for row in theirs if isinstance(row, ParsedRow)] == [
            (row.line, row.date, abs(row.amount)) for row in ours if isinstance(row, ParsedRow)
        ]

    def test_the_savings_account_of_an_unknown_bank_is_guessed_without_a_question() -> None:
        assert SAMPLES is not None
        with (SAMPLES / "bank" / "chase_savings_custom.csv").open("rb") as stream:
            guessed = guess(stream)
            assert guessed.questions == ()
            rows = list(open_statement(stream, recipe=guessed.recipe).rows())
        assert len(rows) == 48
        assert sum(row.amount for row in rows if isinstance(row, ParsedRow)) == Decimal("9330.32")
