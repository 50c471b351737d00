from django import forms

KINDS = [("checking", "Checking"), ("savings", "Savings"), ("card", "Credit card"), ("cash", "Cash")]


class StartForm(forms.Form):
    file = forms.FileField()
    account = forms.ChoiceField(choices=[("1", "BofA Checking"), ("2", "Sapphire"), ("new", "A new account …")])
    new_name = forms.CharField(label="Name of the account", required=False, help_text="As you call it: “Checking”, “Blue card”.")
    new_kind = forms.ChoiceField(label="Kind", required=False, choices=KINDS)
    new_currency = forms.CharField(label="Currency", required=False, initial="USD")
