"""The forms of an import: which file into which account, and which column is which."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from apps.core.money import CURRENCIES
from apps.households.opened import opened_household
from apps.imports.models import ImportFile
from apps.ledger.account_limit import room_for_more
from apps.ledger.keeping_accounts import NameTaken, add
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
        self.may_add = room_for_more()
        if self.may_add:
            choices.append((NEW_ACCOUNT, "A new account …"))
        else:
            held = opened_household().entitlements
            told = f"Your plan {held.plan} has room for {held.room_for_accounts}; no other one can be chosen or added."
            self.fields["account"].help_text = told
        set_choices(self, ("account",), [*self.first_choices(), *choices])
        self.fields["new_currency"].initial = currency
        self.currency = currency

    def fitting(self) -> QuerySet[Account]:
        """The accounts to choose from: into which rows may come."""
        return Account.objects.open().order_by("name")

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
        elif same := Account.objects.filter(name__iexact=name).first():
            choice = "take it out of the archive first" if same.archived_at else "choose it above"
            self.add_error("new_name", f"There is an account “{name}” already; {choice}, or choose another name.")
        return data

    def save(self, *, actor_id: int) -> Account | None:
        """The chosen account, added if it is new. Two tabs that add the same one get the same one.

        Raises AccountLimitReached, and NameTaken for a name that an account has which is not to be chosen.
        """
        data = self.cleaned_data
        if data["account"] != NEW_ACCOUNT:
            return self.accounts.get(data["account"])
        account = Account(
            name=data["new_name"],
            kind=data["new_kind"] or Account.Kind.CHECKING,
            currency=data["new_currency"] or self.currency,
        )
        try:
            add(account, actor_id=actor_id)
        except NameTaken:
            if found := self.fitting().filter(name__iexact=account.name).first():
                return found
            raise  # one that the person may not change has the name
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
