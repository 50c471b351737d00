from django import forms

KINDS = [("checking", "Checking"), ("savings", "Savings"), ("card", "Credit card"), ("cash", "Cash")]
COLUMNS = [("", "—"), ("0", "Buchungstag"), ("1", "Verwendungszweck"), ("2", "Betrag"), ("3", "Währung")]


class StartForm(forms.Form):
    file = forms.FileField()
    account = forms.ChoiceField(choices=[("1", "BofA Checking"), ("2", "Sapphire"), ("new", "A new account …")])
    new_name = forms.CharField(label="Name of the account", required=False, help_text="As you call it: “Checking”, “Blue card”.")
    new_kind = forms.ChoiceField(label="Kind", required=False, choices=KINDS)
    new_currency = forms.CharField(label="Currency", required=False, initial="USD")


class ColumnsForm(forms.Form):
    date = forms.ChoiceField(label="Date", choices=COLUMNS)
    date_order = forms.ChoiceField(label="Dates are written", choices=[("dmy", "day.month.year"), ("mdy", "month/day/year")])
    description = forms.ChoiceField(label="Description", choices=COLUMNS)
    amount = forms.ChoiceField(label="Amount", choices=COLUMNS, required=False, help_text="One column with signs …")
    debit = forms.ChoiceField(label="Money out", choices=COLUMNS, required=False, help_text="… or two columns.")
    credit = forms.ChoiceField(label="Money in", choices=COLUMNS, required=False)
