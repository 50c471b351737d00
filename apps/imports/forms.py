"""The forms of an import: which file into which account, and which column is which."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from apps.core.money import CURRENCIES
from apps.imports.models import ImportFile
from apps.imports.parsers import Dialect, Guess, InvalidMapping, Recipe, RecipeColumns
from apps.imports.parsers.checks import ColumnRef
from apps.imports.parsers.questions import AS_WRITTEN, SPENDING_IS_POSITIVE
from apps.ledger.models import Account

NEW_ACCOUNT = "new"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; gives a list of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=FilesInput(), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files if file] or [
            super().clean(None, initial)
        ]


def set_choices(form: forms.Form, names: Sequence[str], choices: list[tuple[str, str]]) -> None:
    """Gives the form's choice fields of those names what can be chosen now."""
    for name in names:
        cast("forms.ChoiceField", form.fields[name]).choices = choices


class AccountForm(forms.Form):
    """An account that is there, or a new one."""

    account = forms.ChoiceField(label="Into which account", required=False)
    new_name = forms.CharField(
        label="Name of the account",
        max_length=80,
        required=False,
        help_text="As you call it: “Checking”, “Blue card”.",
    )
    new_kind = forms.ChoiceField(label="Kind", choices=Account.Kind.choices, required=False)
    new_currency = forms.ChoiceField(
        label="Currency",
        choices=[(code, f"{code} · {name}") for code, name in CURRENCIES.items()],
        required=False,
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        """`currency` is that of a new account, unless the person says otherwise."""
        super().__init__(*args, **kwargs)
        self.accounts = {str(account.pk): account for account in self.fitting()}
        choices = [(key, account.name) for key, account in self.accounts.items()]
        set_choices(self, ("account",), [*self.first_choices(), *choices, (NEW_ACCOUNT, "A new account …")])
        self.fields["new_currency"].initial = currency
        self.currency = currency

    def fitting(self) -> QuerySet[Account]:
        """The accounts to choose from."""
        return Account.objects.order_by("name")

    def first_choices(self) -> list[tuple[str, str]]:
        """What stands above them."""
        return []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("account") != NEW_ACCOUNT:
            return data
        name = data.get("new_name", "")
        if not name:
            self.add_error("new_name", "Give the new account a name.")
        elif Account.objects.filter(name__iexact=name).exists():
            self.add_error("new_name", f"There is an account “{name}” already; choose it above, or another name.")
        return data

    def save(self) -> Account | None:
        """The chosen account, added if it is new. Two tabs that add the same one get the same one."""
        data = self.cleaned_data
        if data["account"] != NEW_ACCOUNT:
            return self.accounts.get(data["account"])
        account, _ = Account.objects.get_or_create(
            name=data["new_name"],
            defaults={
                "kind": data["new_kind"] or Account.Kind.CHECKING,
                "currency": data["new_currency"] or self.currency,
            },
        )
        return account


class StartForm(AccountForm):
    """Files, and an account if all of them are of one."""

    def first_choices(self) -> list[tuple[str, str]]:
        return [("", "Let each file say")]


class UploadForm(StartForm):
    """The same with the files, for a browser that posts them to us."""

    file = FilesField(label="Files")


class StatementAccountForm(AccountForm):
    """The account of one statement, in the currency that the file names; a new one is suggested."""

    def __init__(self, *args: Any, file: ImportFile, currency: str, **kwargs: Any) -> None:
        self.file = file
        super().__init__(*args, currency=file.currency or currency, **kwargs)
        self.fields["account"].required = True
        self.fields["account"].initial = str(file.account_id or ("" if self.accounts else NEW_ACCOUNT))
        is_card = "card" in f"{file.format} {file.format_name}".lower() or file.format.endswith("_cc")
        self.fields["new_kind"].initial = Account.Kind.CREDIT_CARD if is_card else Account.Kind.CHECKING
        number = file.account_hint[-4:] if file.account_hint[-4:].isdigit() else ""
        self.fields["new_name"].initial = f"{file.format_name} {number}".strip()

    def first_choices(self) -> list[tuple[str, str]]:
        """Nothing is chosen beforehand: a wrong account is easily overlooked."""
        return [("", "Choose …")] if self.file.account_id is None else []

    def fitting(self) -> QuerySet[Account]:
        accounts = super().fitting()
        return accounts.filter(currency=self.file.currency) if self.file.currency else accounts

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("account") == NEW_ACCOUNT and self.file.currency not in {"", data.get("new_currency")}:
            self.add_error("new_currency", f"The file is in {self.file.currency}; its account must be, too.")
        return data


class ColumnsForm(forms.Form):
    """Which column of a file of an unknown bank holds what."""

    ORDERS = {
        "%m/%d/%Y": "month/day/year · 11/30/2026",
        "%d/%m/%Y": "day/month/year · 30/11/2026",
        "%Y-%m-%d": "year-month-day · 2026-11-30",
        "%d.%m.%Y": "day.month.year · 30.11.2026",
        "%m-%d-%Y": "month-day-year · 11-30-2026",
        "%d-%m-%Y": "day-month-year · 30-11-2026",
        "%Y/%m/%d": "year/month/day · 2026/11/30",
        "%m/%d/%y": "month/day/short year · 11/30/26",
        "%d/%m/%y": "day/month/short year · 30/11/26",
        "%d.%m.%y": "day.month.short year · 30.11.26",
    }
    date = forms.TypedChoiceField(label="Date", coerce=int)
    date_format = forms.ChoiceField(label="Dates are written", choices=[("", "—"), *ORDERS.items()])
    description = forms.TypedChoiceField(label="Description", coerce=int)
    amount = forms.TypedChoiceField(
        label="Amount", coerce=int, required=False, empty_value=None, help_text="One column with signs …"
    )
    debit = forms.TypedChoiceField(
        label="Money out", coerce=int, required=False, empty_value=None, help_text="… or two columns."
    )
    credit = forms.TypedChoiceField(label="Money in", coerce=int, required=False, empty_value=None)
    decimal = forms.ChoiceField(label="Decimals are written", choices=[(".", "1,234.56"), (",", "1.234,56")])
    invert_sign = forms.BooleanField(label="In this file, spending is positive", required=False)

    def __init__(self, data: Any = None, *, guess: Guess) -> None:
        self.guess = guess
        super().__init__(data, initial=self._initial(guess))
        columns = [(str(number), header or f"Column {number + 1}") for number, header in enumerate(guess.headers)]
        set_choices(self, ("date", "description", "amount", "debit", "credit"), [("", "—"), *columns])

    @staticmethod
    def _initial(guess: Guess) -> dict[str, Any]:
        recipe = guess.recipe
        if recipe is None:
            return {}
        columns, dialect = recipe.columns, recipe.dialect

        def position(ref: ColumnRef | None) -> int | None:
            return guess.headers.index(ref) if isinstance(ref, str) else ref if isinstance(ref, int) else None

        return {
            "date": position(columns.date),
            # What the file leaves open is asked: nothing is chosen beforehand.
            "date_format": "" if guess.questions else dialect.dates[0],
            "description": position(columns.description[0]),
            "amount": position(columns.amount),
            "debit": position(columns.debit),
            "credit": position(columns.credit),
            "decimal": dialect.decimal or ".",
            "invert_sign": dialect.sign == SPENDING_IS_POSITIVE,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        guessed = self.guess.recipe
        chosen: dict[str, Any] = {name: self._column(data[name]) for name in ("date", "amount", "debit", "credit")}
        chosen["description"] = (self._column(data["description"]),)
        written = {
            "dates": (data["date_format"],),
            "decimal": data["decimal"],
            "sign": SPENDING_IS_POSITIVE if data["invert_sign"] else AS_WRITTEN,
        }
        try:
            if guessed is None:
                columns = RecipeColumns(**chosen)
                self.recipe = Recipe(columns=columns, dialect=Dialect(**written))
            else:
                indicator = guessed.columns.indicator if chosen["amount"] is not None else None
                columns = replace(guessed.columns, **chosen, indicator=indicator)
                self.recipe = replace(guessed, columns=columns, dialect=replace(guessed.dialect, **written))
        except InvalidMapping as error:
            self.add_error(None, str(error))
        return data

    def _column(self, position: int | None) -> ColumnRef | None:
        """By its name where the recipe goes by names and only one column has this one."""
        headers, recipe = self.guess.headers, self.guess.recipe
        is_by_name = recipe is not None and recipe.dialect.header_line is None and recipe.dialect.has_header
        if position is None or not is_by_name or not headers[position] or headers.count(headers[position]) > 1:
            return position
        return headers[position]
