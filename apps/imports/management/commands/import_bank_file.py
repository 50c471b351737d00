import json
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Sum

from apps.core.errors import ExpectedError
from apps.households.models import Household
from apps.households.operator_door import operator_access
from apps.imports import formats
from apps.imports.booking import book
from apps.imports.models import ImportBatch, ImportFile, ImportRow, Verdict
from apps.imports.parsers import FORMATS, AmbiguousFile, Answers, UnknownFormat, UnreadableFile, guess, open_statement
from apps.imports.parsers.questions import DATE_ORDER, DAY_FIRST, DECIMAL_MARK, MONTH_FIRST
from apps.imports.reading import stage
from apps.imports.states import State
from apps.ledger.keeping_accounts import add
from apps.ledger.models import Account
from apps.tenancy.context import roll_back_household


class Command(BaseCommand):
    help = "Imports a bank's file into an account of a household, as the pages do. Perhaps-the-same rows stay out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--household", required=True, help="public id")
        parser.add_argument("--account", required=True, help="name of the account; it is added if there is none")
        parser.add_argument("--format", choices=sorted(FORMATS), help="instead of telling it from the content")
        order = parser.add_mutually_exclusive_group()
        order.add_argument("--day-first", action="store_true", default=None, help="where the file leaves that open")
        order.add_argument("--month-first", action="store_false", dest="day_first", default=None)
        parser.add_argument("--decimal", choices=[".", ","], help="the decimal mark, where the file leaves that open")
        parser.add_argument("--dry-run", action="store_true", help="show the verdicts and store nothing")
        parser.add_argument("--json", action="store_true", help="every row with its verdict, amounts as strings")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            household = Household.objects.get(public_id=options["household"])
        except Household.DoesNotExist:
            raise CommandError(f"There is no household {options['household']}.") from None
        try:
            with (
                path.open("rb") as content,
                operator_access(household, actor="import_bank_file", reason=f"import of {path.name} by command"),
            ):
                file = self._file(household, path, options["account"])
                answers = Answers(day_first=options["day_first"], decimal=options["decimal"])
                file.answers = answers.to_json()
                if options["format"] is None:
                    file.recipe = _obvious_columns(content, answers)
                stage(household, file, content, format_key=options["format"], is_one_account=True)
                report = _report(file)
                if options["dry_run"]:
                    roll_back_household()
                else:
                    book(file)
        except OSError as error:
            raise CommandError(f"{path} cannot be opened: {error.strerror}.") from None
        except AmbiguousFile as question:
            raise CommandError(f"{path.name}: {question}{_how_to_answer(question)}") from None
        except (ExpectedError, UnreadableFile) as error:
            raise CommandError(f"{path.name}: {error}") from None
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=1, ensure_ascii=False))
        else:
            self._summarize(file, report, is_dry=options["dry_run"])

    def _file(self, household: Household, path: Path, account_name: str) -> ImportFile:
        # What somebody keeps to themselves has names of its own, and is not filled from outside.
        shared = Account.objects.exclude(visibility=Account.Visibility.PRIVATE)
        account = shared.filter(name__iexact=account_name).first()
        if account is None:
            account = Account(name=account_name, currency=household.currency)
            add(account, actor_id=None)
        batch = ImportBatch.objects.create()
        return ImportFile.objects.create(
            batch=batch, account=account, name=path.name, size_bytes=path.stat().st_size, state=State.UPLOADED
        )

    def _summarize(self, file: ImportFile, report: dict[str, Any], *, is_dry: bool) -> None:
        totals = report["totals"]
        counts = ", ".join(f"{totals[verdict.value]} {verdict.label.lower()}" for verdict in Verdict)
        self.stdout.write(f"{file.format_name}: {counts}. Sum of the new rows: {totals['new_amount']}.")
        for row in report["rows"]:
            if row["verdict"] == Verdict.UNREADABLE:
                self.stdout.write(f"line {row['line']}: {row['reason']}")
        if is_dry:
            self.stdout.write("Nothing was stored.")


def _report(file: ImportFile) -> dict[str, Any]:
    """What was read, as `--json` prints it. Deliberately left-out lines stand apart from the rows."""
    rows = ImportRow.objects.of_file(file).order_by("position")
    new_amount = rows.filter(verdict=Verdict.NEW).aggregate(sum=Sum("amount"))["sum"] or 0
    return {
        "format": file.format,
        "rows": [
            {
                "line": row.line,
                "date": row.date.isoformat() if row.date else None,
                "amount": None if row.amount is None else _plain(row.amount),
                "description": row.description,
                "merchant": row.merchant,
                "reference": row.reference,
                "verdict": row.verdict,
                "reason": row.reason,
            }
            for row in rows.exclude(verdict=Verdict.LEFT_OUT).iterator()
        ],
        "left_out": [
            {"line": row.line, "text": row.description, "reason": row.reason}
            for row in rows.filter(verdict=Verdict.LEFT_OUT)
        ],
        "totals": {
            "rows": file.row_count,
            **{verdict.value: getattr(file, f"{verdict.value}_count") for verdict in Verdict},
            "new_amount": _plain(new_amount),
        },
    }


def _obvious_columns(content: BinaryIO, answers: Answers) -> dict[str, Any] | None:
    """The columns of a file of no known bank. Raises AmbiguousFile if something about them has to be asked."""
    try:
        if formats.recall(content) is not None:
            return None
        open_statement(content, answers=answers)
    except UnknownFormat:
        guessed = guess(content)
        given = {}
        if answers.day_first is not None:
            given[DATE_ORDER] = DAY_FIRST if answers.day_first else MONTH_FIRST
        if answers.decimal is not None:
            given[DECIMAL_MARK] = answers.decimal
        open_questions = tuple(question for question in guessed.questions if question.kind not in given)
        if open_questions:
            raise AmbiguousFile(open_questions) from None
        recipe = guessed.answered(given)
        if recipe is None:
            raise
        return recipe.to_json()
    finally:
        content.seek(0)
    return None


def _how_to_answer(asked: AmbiguousFile) -> str:
    """The options of this command that answer; what they cannot say is asked by the pages."""
    options = {DATE_ORDER: "--day-first or --month-first", DECIMAL_MARK: "--decimal . or --decimal ,"}
    told = [options[question.kind] for question in asked.questions if question.kind in options]
    if len(told) < len(asked.questions):
        return " Import this file by the pages: they ask."
    return f" Say {' and '.join(told)}."


def _plain(amount: Any) -> str:
    """The exact amount with at least two decimals: 12.50, -33.333."""
    text = f"{amount:f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"
